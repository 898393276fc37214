"""The student's whole path in a browser that runs no script: everything is a page, a form and a button."""

from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.journeys.conftest import Site, Walker

Walk = Callable[..., Walker]


def mark_answers(walker: Walker, key: dict[int, list[int]]) -> None:
    """Choose the right options of every question on the page."""
    for question in walker.page.locator("fieldset[data-position]").all():
        position = int(question.get_attribute("data-position") or 0)
        for at in key[position]:
            question.locator(f"input[name='a-{position}']").nth(at).check()


def code_of(walker: Walker) -> str:
    """Return the code of the attempt on the page."""
    walker.page.wait_for_url("**/attempts/*")
    return urlsplit(walker.page.url).path.rpartition("/")[2]


def test_a_lesson_its_check_and_the_modules_quiz(walk: Walk, site: Site) -> None:
    jerome = walk(scripts=False, phone=True).enter("Jerome Tanglewood")
    page = jerome.page
    expect(page.locator("h1")).to_have_text("Where we come from")
    jerome.press("Begin reading")
    for part in range(1, 6):
        expect(page.get_by_text(f"Part {part} of 6", exact=True)).to_be_visible()
        jerome.later(minutes=5).press("Mark as read and go on" if part == 1 else "Go on")
    expect(page.get_by_text("Part 6 of 6", exact=True)).to_be_visible()
    # The pages lay open for 25 minutes; a slow reader needs no more than this for the words of five parts.
    expect(page.locator("#reading")).to_have_text("Measured 17 min")
    jerome.later(minutes=2).press("Start the check")
    mark_answers(jerome, site.answer_key(code_of(jerome)))
    jerome.press("Save and send the quiz")
    expect(page.locator("h1")).to_have_text("Passed with 100 %")
    jerome.go("/hours?all=1")
    lines = page.get_by_role("region", name="Where each hour came from").get_by_role("row")
    expect(lines.filter(has_text="Lesson: Where we come from")).to_contain_text("36 min")

    jerome.go("/lessons").press("Begin reading")
    expect(page.locator("h1")).to_have_text("Your story, for someone else")
    jerome.later(minutes=4).press("Mark as read and go on").press("Go past part 3; nothing is lost by it")
    for part in (4, 5):
        expect(page.get_by_text(f"Part {part} of 6", exact=True)).to_be_visible()
        jerome.press("Go on")
    jerome.press("Start the check")
    expect(page.get_by_role("heading", name="Your story, for someone else: check your reading")).to_be_visible()
    jerome.go("/quizzes/module-what-peer-support-is").press("Start the quiz")
    code = code_of(jerome)
    key = site.answer_key(code)
    expect(page.locator("#time")).to_have_text("30 minutes left")
    mark_answers(jerome, {position: places if position < 3 else [] for position, places in key.items()})
    jerome.later(minutes=2).press("Save and go on")
    expect(page.locator("#q3")).to_be_visible()
    jerome.go("/lessons").go("/quizzes/module-what-peer-support-is").press("Go back to your attempt")
    assert code_of(jerome) == code
    expect(page.locator("#time")).to_have_text("28 minutes left")
    expect(page.locator("#qm")).to_contain_text("2 of 12 answered")
    page.get_by_role("button", name="Hide the time").click()
    expect(page.locator("#time")).to_have_text("The time is hidden")
    page.get_by_role("button", name="Question 3, open").click()
    for start in range(3, 12, 2):
        expect(page.locator(f"#q{start}")).to_be_visible()
        mark_answers(jerome, key)
        if start < 11:
            jerome.press("Save and go on")
    page.locator("#q12 input[name='l-12']").check()
    jerome.press("Save and send the quiz")
    expect(page.get_by_role("alert")).to_contain_text("Question 12 is kept for later")
    page.locator("#q12 input[name='l-12']").uncheck()
    jerome.press("Save and send the quiz")
    expect(page.locator("h1")).to_have_text("Passed with 100 %")
    expect(page.get_by_role("region", name="Question 1", exact=True)).to_contain_text("Your choice; it fits.")


TEXT = "The phone rang at ten. I let it ring, and then I did not.\n\nShe asked whether I had a minute. I had."


def test_a_narrative_is_written_kept_and_sent(walk: Walk, site: Site) -> None:
    writer = walk(scripts=False, phone=True).enter("Oluwaṣeun Fairthorn").go("/narratives").press("Begin")
    page, box = writer.page, writer.page.get_by_label("Narrative", exact=True)
    box.fill("The phone rang at ten.")
    writer.press("Save and leave")
    expect(page.get_by_role("status").first).to_contain_text("Your text waits for you; nobody else can open it.")
    writer.press("Carry on writing")
    expect(box).to_have_value("The phone rang at ten.")
    box.fill(TEXT)
    writer.later(hours=13).press("Save and leave")
    expect(page.locator("h1")).to_have_text("You are signed out")
    expect(page.get_by_text("What you typed is kept for you alone.")).to_be_visible()
    writer.press("Sign in").enter("Oluwaṣeun Fairthorn")
    page.get_by_role("link", name="Take it back").click()
    expect(page.get_by_label("What you typed")).to_have_value(TEXT)
    writer.press("Send it now").press("Carry on writing")
    expect(box).to_have_value(TEXT)
    writer.press("Earlier versions").press("Monday 23 November, 12:00:00")
    expect(page.get_by_role("main")).to_contain_text("The phone rang at ten.")
    writer.go("/narratives").press("Carry on writing").press("Read it once more, then send").press("Send it now")
    expect(page.locator("h1")).to_have_text("After a crisis is sent")
    writer.go("/narratives")
    sent = page.get_by_role("listitem").filter(has_text="After a crisis")
    expect(sent).to_contain_text("It waits for a facilitator")


WHAT = "Opened the hall and stayed until the last person had left."


def test_practice_is_claimed_and_homework_handed_in(walk: Walk) -> None:
    cormac = walk(scripts=False, phone=True).enter("Cormac Sweetgale").go("/hours").press("Add practice hours")
    page = cormac.page
    page.get_by_label("On which day").fill("2026-12-24")
    page.get_by_label("What did you do?").fill(WHAT)
    cormac.press("Send to be confirmed")
    expect(page.get_by_role("alert")).to_contain_text("Nothing you typed was lost.")
    expect(page.get_by_role("alert")).to_contain_text("Write who supervised you, with their role.")
    expect(page.get_by_label("What did you do?")).to_have_value(WHAT)
    page.get_by_label("Who supervised you?").fill("Alma Lindqvist, peer support supervisor")
    page.get_by_label("What did you practice?").select_option(label="Facilitating groups")
    page.get_by_label("Hours", exact=True).fill("2")
    cormac.press("Send to be confirmed")
    expect(page.get_by_role("alert")).to_contain_text("That day is still to come.")
    page.get_by_label("On which day").fill("2026-11-21")
    cormac.press("Send to be confirmed")
    expect(page.get_by_role("status").first).to_contain_text("Your practice hours went to Marcus Bellwether")
    cormac.go("/homework/crisis-response/homework-1").press("Hand it in")
    expect(page.get_by_role("alert")).to_contain_text("Write something before you hand it in.")
    page.get_by_label("Your homework").fill("A map with two warmlines on it.")
    cormac.press("Hand it in")
    expect(page.get_by_role("status").first).to_contain_text(
        "Your homework is with Marcus Bellwether or Ruth Oakenshaw"
    )
    cormac.go("/hours?all=1")
    rows = page.get_by_role("region", name="Where each hour came from").get_by_role("row")
    homework = rows.filter(has_text="Homework: A map and a plan of your own")
    expect(homework).to_contain_text("Waiting for Marcus Bellwether or Ruth Oakenshaw")
    practice = rows.filter(has_text="Practice: Facilitating groups")
    expect(practice).to_contain_text("Kept here, but this pathway does not count hours of this kind.")
    expect(practice).to_contain_text("2 h")
    cormac.go("/hours/practice")
    sent = page.get_by_role("main").locator("summary").filter(has_text="Saturday 21 November, 2 h")
    expect(sent).to_contain_text("Waiting for Marcus Bellwether or Ruth Oakenshaw")
