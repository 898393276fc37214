"""The room's front door and its places in the menu."""

from flask_babel import lazy_gettext as _l

from lms.web.room import MenuEntry, Room

room = Room(
    "narratives",
    "lms.narratives",
    menu=(
        MenuEntry(
            _l("To read"),
            "lms_narratives.queue",
            lambda actor: actor.is_facilitator,
            20,
            ("lms_narratives.grade", "lms_narratives.answer", "lms_narratives.correct", "lms_narratives.reveal"),
        ),
        MenuEntry(
            _l("Narratives"),
            "lms_narratives.index",
            lambda actor: actor.is_student,
            40,
            (
                "lms_narratives.write",
                "lms_narratives.save",
                "lms_narratives.preview",
                "lms_narratives.versions",
                "lms_narratives.version",
            ),
        ),
    ),
)
