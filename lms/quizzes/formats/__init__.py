"""Questions to and from other systems' files. Texts are Markdown as an author wrote them, except where a format says HTML."""
