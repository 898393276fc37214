"""What facilitators, coordinators and funders do, and what students see of it; in a real browser."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from lms.certificates.models import Certificate
from lms.cohorts.models import Grant
from lms.core.db import unit_of_work
from lms.narratives import service as narratives
from lms.narratives.models import Submission
from lms.narratives.rules import LETTER
from lms.quizzes.models import Attempt
from tests.journeys.conftest import Site, Walker

Walk = Callable[..., Walker]
STORY = "A man shouted at the desk.\n\nI stood where he could see me, left him the door, and asked what he needed most."


# First pages


def test_a_facilitator_sees_the_queue_todays_class_and_who_may_be_glad_of_a_call(walk: Walk) -> None:
    page = walk(phone=True).sign_in("facilitator").page
    expect(page.locator("h1")).to_contain_text("wait to be read")
    expect(page.locator(".lead").first).to_have_text("The oldest was sent on Saturday 21 November.")
    classes = page.get_by_role("region", name="Classes").get_by_role("listitem")
    expect(classes.first).to_contain_text("Asking, handing over, answering")
    expect(classes.first).to_contain_text("14:00 to 17:55, The long room")
    calls = page.get_by_role("region", name="Who may be glad of a call").get_by_role("row")
    expect(calls.filter(has_text="Kofi Bayleaf")).to_contain_text("Has a narrative to write again: A turning point.")
    expect(calls.filter(has_text="Rosa Elmwhisper")).to_have_count(0)
    page.get_by_role("link", name="Open the queue").click()
    expect(page.get_by_role("region", name="To read").get_by_role("row").nth(1)).to_contain_text("What I did not know")
    assert "Cormac" not in page.get_by_role("main").inner_text()


def test_a_coordinator_sees_each_cohort_at_a_glance(walk: Walk) -> None:
    hana = walk().sign_in("coordinator")
    rows = hana.page.get_by_role("region", name="Cohort by cohort").get_by_role("row")
    expect(rows).to_have_count(5)
    running, first = rows.filter(has_text="Fourth cohort"), rows.filter(has_text="First cohort")
    assert cells(running) == ["Mon 23 Nov", "14 / 15", "1", "0", "0"]
    assert cells(first) == ["none soon", "14 / 15", "1", "0", "12"]
    first.get_by_role("link", name="First cohort, November 2025", exact=True).click()
    expect(hana.page.locator("h1")).to_have_text("14 of 15 seats are taken")
    expect(hana.page.get_by_role("main")).to_contain_text("First cohort, November 2025")


def cells(row: Locator) -> list[str]:
    """Return the words in the cells of a table's row, its heading left out."""
    return [cell.strip() for cell in row.get_by_role("cell").all_inner_texts()]


# Narratives


def sends_story(site: Site, name: str) -> None:
    """Let somebody have sent what they wrote about the third narrative."""
    with unit_of_work(site.database) as s:
        now = site.clock.now()
        draft = narratives.draft_for(s, site.seat(s, name), "crisis-response/after-a-crisis", now=now)
        narratives.save_draft(s, draft, STORY, note="", interview=False, version=draft.version, now=now)
        narratives.send(s, draft, now=now)


def grade(page: Page, levels: list[int], feedback: str) -> None:
    """Choose a level for each line of the rubric and write to the writer."""
    lines = page.locator("fieldset.crit")
    expect(lines).to_have_count(len(levels))
    for at, level in enumerate(levels):
        lines.nth(at).locator(f"input[value='{level}']").check()
    page.get_by_label("To the writer").fill(feedback)


def test_a_narrative_is_graded_returned_written_again_and_accepted(walk: Walk, site: Site) -> None:
    sends_story(site, "Yara Wildrice")
    label = site.label_of("Yara Wildrice", "crisis-response/after-a-crisis")
    marcus = walk().sign_in("facilitator").go("/to-read").press(f"Narrative {label}")
    page = marcus.page
    expect(page.get_by_text("I stood where he could see me")).to_have_count(0)
    marcus.press("Take it on and read")
    expect(page.get_by_text("I stood where he could see me")).to_be_visible()
    expect(page.get_by_text("Yours until 14:00")).to_be_visible()
    many = page.locator("fieldset.crit").count()
    grade(page, [3] * (many - 1) + [0], "I could see the room. What do you do for yourself the day after?")
    expect(page.locator("[data-sum]")).to_have_text(f"{3 * (many - 1)} of {3 * many}")
    marcus.press("See the outcome")
    expect(page.get_by_role("alert")).to_contain_text("Write a short reason. The writer will read it.")
    page.get_by_label("Reason for your choice on").last.fill("I did not find what you do for yourself afterwards.")
    marcus.press("See the outcome")
    expect(page.locator("[data-confirm]")).to_contain_text("goes back to its writer for another round")
    marcus.later(minutes=20).press("Release: returned")
    expect(page.get_by_role("status").first).to_contain_text("Released. The writer gets a letter")
    expect(page.get_by_role("region", name="To read").get_by_text(label)).to_have_count(0)

    address = site.let_in("Yara Wildrice")
    site.tick()
    letter = site.letters_to(address)[-1]
    assert letter["Subject"] == LETTER[0]
    assert letter.get_content().strip() == LETTER[1].strip()  # no grade, no name, not a word of either

    yara = walk(phone=True).enter("Yara Wildrice").go("/narratives").press("Read the answer and go on")
    answer = yara.page.get_by_role("region", name="What Marcus Bellwether wrote last time")
    expect(answer).to_contain_text("What do you do for yourself the day after?")
    expect(answer).to_contain_text("Marcus Bellwether: I did not find what you do for yourself afterwards.")
    expect(answer).to_contain_text(f"{3 * (many - 1)} of {3 * many} points")
    expect(yara.page.get_by_role("region", name="Who has read my story")).to_contain_text("Marcus Bellwether")
    box = yara.page.get_by_label("Narrative", exact=True)
    expect(box).to_have_value(STORY)
    box.fill(STORY + "\n\nThe day after I walk to the river and call my supervisor on Monday.")
    yara.press("Read it once more, then send").press("Send it now")
    expect(yara.page.locator("h1")).to_have_text("After a crisis is sent")

    label = site.label_of("Yara Wildrice", "crisis-response/after-a-crisis")
    ruth = walk().sign_in("facilitator2").go("/to-read").press(f"Narrative {label}").press("Take it on and read")
    ruth.page.get_by_text("Round 1 beside this version").click()
    expect(ruth.page.get_by_text("words added, 0 removed.")).to_be_visible()
    expect(ruth.page.get_by_text("What do you do for yourself the day after?")).to_be_visible()
    grade(ruth.page, [2] * many, "Thank you. The river is exactly it.")
    ruth.press("See the outcome")
    expect(ruth.page.locator("[data-confirm]")).to_contain_text(f"{2 * many} of {3 * many}: the narrative is accepted.")
    ruth.press("Release: accepted")
    expect(ruth.page.get_by_role("status").first).to_contain_text("Released. The writer gets a letter")
    yara.page.reload()
    expect(yara.page.locator("h1")).to_have_text("After a crisis is accepted")
    expect(yara.page.get_by_text("The river is exactly it.")).to_be_visible()
    needs = yara.go("/").page.get_by_role("region", name="What stands between you and your certificate")
    folded = needs.get_by_role("listitem").filter(has_text="Narratives").filter(has_text="of 6 are accepted")
    expect(folded.last).to_contain_text("4 of 6 are accepted.")
    yara.press("Each requirement by itself, with what shows it")
    met = yara.page.get_by_role("listitem").filter(has_text="Narrative: After a crisis")
    expect(met).to_contain_text("Accepted by Ruth Oakenshaw on 23 November 2026.")


# Hours


def statement_line(walker: Walker, what: str) -> Locator:
    """Open the statement of hours and return its line about something."""
    walker.go("/hours?all=1")
    return walker.page.get_by_role("region", name="Where each hour came from").get_by_role("row").filter(has_text=what)


def minutes(said: str) -> int:
    """Read a time as the pages write it."""
    hours, rest = re.fullmatch(r"(?:(\d+) h)? ?(?:(\d+) min)?", said).groups()  # type: ignore[union-attr]
    return 60 * int(hours or 0) + int(rest or 0)


def counted(walker: Walker) -> int:
    """Return how many minutes the statement counts in all."""
    return minutes(walker.go("/hours").page.locator(".lead strong").inner_text())


def waiting(walker: Walker) -> int:
    """Return how many minutes wait for a person."""
    key = walker.go("/hours").page.get_by_role("region", name="The sum").get_by_role("listitem")
    return minutes(key.filter(has_text="Waiting").inner_text().removeprefix("Waiting for a person "))


def mark(page: Page, name: str, word: str, reason: str = "") -> None:
    """Choose how somebody was there."""
    page.get_by_role("group", name=f"Attendance of {name}").get_by_label(word, exact=True).check()
    if reason:
        row = page.get_by_role("row").filter(has_text=name)
        if not row.get_by_label("Reason").is_visible():
            row.get_by_text("Minutes, reason").click()
        row.get_by_label("Reason").fill(reason)


def test_attendance_is_taken_and_corrected_with_a_reason(walk: Walk) -> None:
    sunniva = walk(phone=True).later(hours=6, minutes=5).enter("Sunniva Chokecherry")
    before = counted(sunniva)
    expect(sunniva.page.get_by_text("Attendance of 1 class is not recorded yet.")).to_be_visible()
    marcus = walk().sign_in("facilitator")
    page = marcus.page
    expect(page.get_by_text("Attendance not taken yet")).to_be_visible()
    page.get_by_role("link", name="Asking, handing over, answering, Monday 23 November").click()
    expect(page.locator("h1")).to_have_text("Who was here?")
    mark(page, "Sunniva Chokecherry", "Absent")
    marcus.press("Save attendance")
    expect(page.get_by_role("status").first).to_have_text("Saved for 14 people.")
    assert counted(sunniva) == before
    expect(statement_line(sunniva, "Class: Asking, handing over, answering")).to_contain_text("Recorded as absent.")

    mark(page, "Sunniva Chokecherry", "Present")
    marcus.press("Save the changes")
    expect(page.get_by_role("alert")).to_contain_text("Write why you change a mark that is already saved.")
    checked = page.get_by_role("group", name="Attendance of Sunniva Chokecherry").get_by_label("Present")
    expect(checked).to_be_checked()
    mark(page, "Sunniva Chokecherry", "Present", "She came in by the back door; I had not seen her.")
    marcus.later(minutes=10).press("Save the changes")
    expect(page.get_by_role("status").first).to_have_text("Saved for 1 person.")
    page.get_by_text("Every mark of this class").click()
    history = page.get_by_role("listitem").filter(has_text="Sunniva Chokecherry: ")
    expect(history).to_have_count(2)
    expect(history.nth(0)).to_contain_text("Absent. Marcus Bellwether, Monday 23 November, 18:05")
    expect(history.nth(1)).to_contain_text("Present. Marcus Bellwether, Monday 23 November, 18:15")
    assert counted(sunniva) == before + 210
    line = statement_line(sunniva, "Class: Asking, handing over, answering")
    expect(line).to_contain_text("Counted")
    expect(line).to_contain_text("She came in by the back door; I had not seen her.")
    expect(line).to_contain_text("3 h 30 min")


PRACTICE = "I sat beside somebody in the waiting room and helped with one form, the pen in their hand."


def test_homework_and_practice_are_answered_and_the_hours_follow(walk: Walk, site: Site) -> None:
    """Inés is on the sixty hours, which count homework; Theodora is on the small path, which counts practice as well."""
    ines, theodora = walk(phone=True).enter("Inés Crabtree-Moor"), walk(phone=True).enter("Theodora Pinequill")
    page, before, with_staff = ines.page, counted(ines), waiting(ines)
    hers, her_before, hers_with_staff = theodora.page, counted(theodora), waiting(theodora)
    ines.go("/homework/crisis-response/homework-1")
    page.get_by_label("Your homework").fill("Two warmlines, one walk-in clinic, and my sister's number.")
    ines.press("Hand it in")
    expect(page.get_by_role("status").first).to_contain_text(
        "Your homework is with Marcus Bellwether or Ruth Oakenshaw"
    )
    theodora.go("/hours").press("Add practice hours")
    claims(hers, "2026-11-22", "1", "30")
    theodora.press("Send to be confirmed")
    expect(hers.get_by_role("status").first).to_contain_text("Your practice hours went to Marcus Bellwether")
    assert (counted(ines), waiting(ines)) == (before, with_staff + 120)
    assert (counted(theodora), waiting(theodora)) == (her_before, hers_with_staff + 90)
    expect(statement_line(theodora, "Practice: Resources and navigation")).to_contain_text("Waiting for")

    marcus = walk().sign_in("facilitator").go("/to-decide")
    open_piece(marcus, "Inés Crabtree-Moor, Fourth", "Homework: A map and a plan of your own")
    expect(marcus.page.locator(".story")).to_contain_text("one walk-in clinic")
    marcus.press("Send the answer")
    expect(marcus.page.get_by_role("alert")).to_contain_text("Choose whether it is complete.")
    marcus.page.get_by_label("Return it: the student can hand in again").check()
    marcus.page.get_by_label("Your words to the student").fill("Which of them did you call to see if they answer?")
    marcus.press("Send the answer")
    told = "Sent. {} gets a letter that there is an answer."
    expect(marcus.page.get_by_role("status").first).to_have_text(told.format("Inés Crabtree-Moor"))
    open_piece(marcus, "Theodora Pinequill, First", "Practice: Resources and navigation")
    marcus.page.get_by_label("Return them: the student can send them again").check()
    marcus.press("Send the answer")
    expect(marcus.page.get_by_role("alert")).to_contain_text("Write a short reason. The student will read it.")
    marcus.page.get_by_label("Your words to the student").fill("Please write who was in the room with you.")
    marcus.press("Send the answer")
    expect(marcus.page.get_by_role("status").first).to_have_text(told.format("Theodora Pinequill"))

    assert (counted(ines), waiting(ines)) == (before, with_staff)
    assert (counted(theodora), waiting(theodora)) == (her_before, hers_with_staff)
    expect(statement_line(theodora, "Practice: Resources and navigation")).to_contain_text("Returned")
    ines.go("/homework/crisis-response/homework-1")
    expect(page.get_by_role("main")).to_contain_text("Which of them did you call to see if they answer?")
    expect(page.get_by_role("region", name="What you handed in")).to_contain_text("Marcus Bellwether")
    box = page.get_by_label("Your homework")
    expect(box).to_have_value("Two warmlines, one walk-in clinic, and my sister's number.")
    box.press("Control+End")
    box.press_sequentially(" I called the clinic: they answer until eight.")
    ines.press("Hand it in")
    expect(page.get_by_role("status").first).to_contain_text("Your homework is with")
    theodora.go("/hours/practice")
    hers.get_by_text("Sunday 22 November, 1 h 30 min").click()
    expect(hers.get_by_text("“Please write who was in the room with you.”")).to_be_visible()
    claims(hers, "2026-11-22", "1", "30")
    theodora.press("Send to be confirmed")
    expect(hers.get_by_role("status").first).to_contain_text("Your practice hours went to")

    marcus.go("/to-decide")
    open_piece(marcus, "Inés Crabtree-Moor, Fourth", "Homework: A map and a plan of your own")
    expect(marcus.page.locator(".story")).to_contain_text("they answer until eight")
    marcus.page.get_by_label("Accept it: its time counts").check()
    marcus.press("Send the answer")
    expect(marcus.page.get_by_role("status").first).to_have_text(told.format("Inés Crabtree-Moor"))
    open_piece(marcus, "Theodora Pinequill, First", "Practice: Resources and navigation")
    marcus.page.get_by_label("They count").check()
    marcus.page.get_by_label("Minutes that count").fill("60")
    marcus.page.get_by_label("Your words to the student").fill("The half hour on the bus is not practice.")
    marcus.press("Send the answer")
    expect(marcus.page.get_by_role("status").first).to_have_text(told.format("Theodora Pinequill"))
    expect(marcus.page.get_by_role("row").filter(has_text="Resources and navigation")).to_have_count(0)
    assert (counted(ines), waiting(ines)) == (before + 120, with_staff)
    assert (counted(theodora), waiting(theodora)) == (her_before + 60, hers_with_staff)
    lines = statement_line(theodora, "Practice: Resources and navigation")
    expect(lines).to_have_count(2)
    expect(lines.filter(has_text="Counted")).to_contain_text("1 h")
    expect(lines.filter(has_text="Returned")).to_contain_text("0 min")
    expect(statement_line(ines, "Homework: A map and a plan of your own")).to_contain_text("Counted")
    site.tick()
    for name, subject in (
        ("Inés Crabtree-Moor", "An answer to your homework"),
        ("Theodora Pinequill", "An answer about your practice hours"),
    ):
        assert subject in {letter["Subject"] for letter in site.letters_to(site.let_in(name))}


def claims(page: Page, day: str, hours: str, minutes: str) -> None:
    """Fill in a practice claim."""
    page.get_by_label("On which day").fill(day)
    page.get_by_label("Hours", exact=True).fill(hours)
    page.get_by_label("Minutes", exact=True).fill(minutes)
    page.get_by_label("What did you practice?").select_option(label="Resources and navigation")
    page.get_by_label("Who supervised you?").fill("Alma Lindqvist, peer support supervisor")
    page.get_by_label("What did you do?").fill(PRACTICE)


def open_piece(walker: Walker, who: str, what: str) -> None:
    """Open a piece of somebody's that waits for an answer."""
    walker.page.get_by_role("row").filter(has_text=who).get_by_role("link", name=what).click()


# A certificate


def test_a_certificate_is_earned_issued_checked_and_revoked(walk: Walk, site: Site) -> None:
    name, key = "Ọlámidé Clovergate", "ethics-and-boundaries/a-hard-choice"
    olamide = walk(phone=True).enter(name).go("/certificate")
    expect(olamide.page.locator("h1")).to_have_text("1 thing stands between you and your certificate")
    olamide.page.get_by_role("link", name="Carry on").click()
    box = olamide.page.get_by_label("Narrative", exact=True)
    box.press("Control+End")
    box.press_sequentially(" My own limit: I do not answer after nine, and I say so on the first day.")
    olamide.press("Read it once more, then send").press("Send it now")
    expect(olamide.page.locator("h1")).to_have_text("A hard choice is sent")

    marcus = walk().sign_in("facilitator").go("/to-read").press(f"Narrative {site.label_of(name, key)}")
    marcus.press("Take it on and read")
    grade(marcus.page, [2] * marcus.page.locator("fieldset.crit").count(), "The limit is clear and kind.")
    marcus.press("See the outcome").press("Release: accepted")
    expect(marcus.page.get_by_role("status").first).to_contain_text("Released.")
    olamide.go("/certificate")
    expect(olamide.page.locator("h1")).to_have_text("Everything is met")

    hana = walk().sign_in("coordinator").press("Open cohorts and grants").go("/certificates")
    hana.page.get_by_role("link", name=name).first.click()
    expect(hana.page.locator("h1")).to_have_text(f"{name} has met everything")
    hana.press("Read it before it is issued")
    expect(hana.page.get_by_role("article")).to_contain_text("has completed the starter path")
    hana.press(f"Issue it to {name}")
    expect(hana.page.get_by_role("status").first).to_have_text(f"Issued. {name} can download it now.")
    expect(hana.page.locator("h1")).to_have_text(f"{name} has a certificate")

    site.tick()
    letter = site.letters_to(site.let_in(name))[-1]
    assert letter["Subject"] == "Your certificate is here"
    [code] = re.findall(r"the code (\S+) to", letter.get_content())
    olamide.go("/certificate")
    words = words_of(downloaded(olamide, "Download the sheet (PDF)"))
    for said in (name, code, "23 November 2026", "Meadowlark Peer Training"):
        assert said in words
    assert "nine" not in words

    anybody = walk(scripts=False).go("/").press("Check a certificate")
    anybody.page.get_by_label("Code on the certificate").fill(code.replace("-", " ").lower())
    anybody.press("Check")
    expect(anybody.page.locator("h1")).to_have_text("This certificate is real and valid today")
    expect(anybody.page.get_by_role("article")).to_contain_text(name)
    expect(anybody.page.get_by_role("article")).to_contain_text("Training hours")

    hana.page.get_by_role("link", name="Revoke it").click()
    hana.press("Revoke this certificate")
    expect(hana.page.get_by_role("alert")).to_contain_text("Write the reason.")
    hana.page.get_by_label("Why it is revoked").fill("Issued a day before a corrected name; a new one follows.")
    hana.later(hours=3).press("Revoke this certificate")
    expect(hana.page.get_by_role("status").first).to_contain_text("The public check says so from now on.")
    anybody.page.reload()
    expect(anybody.page.locator("h1")).to_have_text("This certificate was revoked")
    expect(anybody.page.locator(".lead").first).to_have_text("Revoked on 23 November 2026.")
    for hidden in (name, "corrected name", "Training hours"):
        assert hidden not in anybody.page.content()
    address = f"/certificates/{code.replace('-', '')}.pdf"
    assert olamide.page.request.get(site.url + address).status == 403
    assert anybody.page.request.get(site.url + address).url.startswith(site.url + "/sign-in")
    expect(olamide.go("/certificate").page.get_by_text("Your certificate was revoked on")).to_be_visible()
    assert "corrected name" not in olamide.page.content()


def downloaded(walker: Walker, name: str) -> bytes:
    """Follow a link that leads to a file, and return the file."""
    with walker.page.expect_download() as coming:
        walker.press(name)
    return Path(coming.value.path()).read_bytes()


def words_of(sheet: bytes) -> str:
    """Return the words on a PDF, as one line."""
    found = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(sheet)).pages)
    return " ".join(unicodedata.normalize("NFC", found).split())


# Grants


def figures(walker: Walker) -> dict[str, str]:
    """Download the report's file and return its figures by measure."""
    body = downloaded(walker, "Spreadsheet file (CSV) with definitions")
    assert body.startswith(b"\xef\xbb\xbf")
    return {row["Measure"]: row["Figure"] for row in csv.DictReader(io.StringIO(body.decode("utf-8-sig")))}


def test_a_funder_reads_a_report_and_takes_the_same_numbers_with_them(walk: Walk) -> None:
    alma = walk(phone=True).sign_in("funder")
    expect(alma.page.locator("h1")).to_have_text("Your grants")
    alma.press("Quarrystone Fund (demonstration): Graduates")
    expect(alma.page.locator(".lead").first).to_have_text(
        "Of 45 people who took a seat, 36 finished the training and 35 hold a certificate."
    )
    expect(alma.page.get_by_role("main")).to_contain_text("As of 30 September 2026")
    found = figures(alma)
    assert (found["Enrolled"], found["Finished the training"], found["Certified"]) == ("45", "36", "35")
    hours = alma.page.locator("dl.figures div").filter(has_text="hours delivered").locator("dd")
    expect(hours).to_have_text(found["Hours delivered"])
    alma.page.get_by_text("The same as a table").click()
    quarters = [row for row in found if row.startswith("Hours delivered, ")]
    assert len(quarters) == 4
    for measure in quarters:
        row = alma.page.get_by_role("row").filter(has_text=measure.removeprefix("Hours delivered, "))
        expect(row.get_by_role("cell")).to_have_text(found[measure])
    alma.page.get_by_role("link", name="31 March 2026").click()
    expect(alma.page.get_by_role("main")).to_contain_text("As of 31 March 2026")
    earlier = figures(alma)
    assert int(earlier["Enrolled"]) < 45
    for name in ("Theodora", "Clovergate", "Meadowlark"):
        assert name not in alma.page.content()


def test_a_small_grant_shows_bands_and_hidden_marks_that_are_not_zero(walk: Walk) -> None:
    peter = walk().sign_in("funder2").press("Lindenquist Trust (demonstration): Running year")
    expect(peter.page.locator(".lead").first).to_have_text(
        "Of 11–15 people who took a seat, 0–5 finished the training and 0–5 hold a certificate."
    )
    weeks = peter.page.locator("dl.figures div").filter(has_text="weeks to the certificate").locator("dd")
    expect(weeks).to_have_text("hidden")
    expect(peter.page.get_by_text("“Hidden” is not zero.")).to_be_visible()
    found = figures(peter)
    assert found["Weeks to the certificate"] == "hidden"
    assert found["Enrolled"] == "11–15"


# What is not theirs


def statuses(walker: Walker, addresses: list[str]) -> dict[str, int]:
    """Ask for addresses with the browser's cookies and return what each answers; the way to the sign-in page is 303."""
    asked = walker.page.request
    return {one: asked.get(walker.site.url + one, max_redirects=0).status for one in addresses}


def test_nobody_sees_what_is_not_theirs(walk: Walk, site: Site) -> None:
    kofi, grants = site.seat_code("Kofi Bayleaf"), grant_codes(site)
    attempt, story, sheet = attempt_of(site, "Kofi Bayleaf"), story_of(site, "Kofi Bayleaf"), sheet_of(site)
    theirs = [f"/attempts/{attempt}", f"/attempts/{attempt}/result", f"/to-read/{story}", f"/hours/of/{kofi}"]
    theirs += [f"/cohorts/people/{kofi}", f"/certificates/of/{kofi}", f"/certificates/of/{kofi}/transcript"]
    theirs += [f"/certificates/{sheet}.pdf", f"/certificates/{sheet}/packet", *(f"/grants/{code}" for code in grants)]
    desks = ["/to-read", "/to-decide", "/attendance", "/people", "/cohorts", "/certificates", "/letters", "/library"]

    assert set(statuses(walk(), [*theirs, *desks, "/you", "/hours", "/narratives"]).values()) == {303}
    rosa = walk().sign_in("student")
    # A classmate knows that Kofi is in the cohort, so that page does not pretend to be missing.
    assert statuses(rosa, theirs) == dict.fromkeys(theirs, 404) | {f"/cohorts/people/{kofi}": 403}
    assert set(statuses(rosa, [*desks, "/grants"]).values()) <= {403, 404}
    alma = walk().sign_in("funder")
    assert statuses(alma, theirs) == dict.fromkeys(theirs, 404) | {f"/grants/{grants[0]}": 200}
    assert set(statuses(alma, [*desks, "/hours", "/lessons", "/narratives"]).values()) <= {403, 404}
    marcus = walk().sign_in("facilitator")
    shut = [f"/certificates/{sheet}/packet", f"/certificates/{sheet}/revoke", f"/certificates/of/{kofi}/issue"]
    assert set(statuses(marcus, shut).values()) == {403}
    assert set(statuses(marcus, [f"/grants/{code}" for code in grants]).values()) == {404}
    hana = walk().sign_in("coordinator")
    assert statuses(hana, [f"/to-read/{story}"]) == {f"/to-read/{story}": 403}
    hana.go(f"/to-read/{story}")
    expect(hana.page.locator("h1")).to_have_text("This is not yours to open")
    assert "carrots" not in hana.page.content()


def attempt_of(site: Site, name: str) -> str:
    """Return the code of an attempt of somebody's."""
    with unit_of_work(site.database, write=False) as s:
        return s.scalars(sa.select(Attempt.code).where(Attempt.enrolment_id == site.seat(s, name).id)).all()[0]


def story_of(site: Site, name: str) -> str:
    """Return the code of a narrative that somebody sent."""
    with unit_of_work(site.database, write=False) as s:
        return s.scalars(sa.select(Submission.code).where(Submission.enrolment_id == site.seat(s, name).id)).all()[0]


def sheet_of(site: Site) -> str:
    """Return the code of a certificate."""
    with unit_of_work(site.database, write=False) as s:
        return s.scalars(sa.select(Certificate.code).order_by(Certificate.id)).all()[0]


def grant_codes(site: Site) -> list[str]:
    """Return the codes of the grants: that of the graduates first."""
    with unit_of_work(site.database, write=False) as s:
        return list(s.scalars(sa.select(Grant.code).order_by(Grant.id)))
