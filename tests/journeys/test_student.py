"""What a student does, from the door to the hours statement, in a real browser with the demonstration around them."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Route, expect

from lms.core.db import unit_of_work
from lms.learning import service as learning
from tests.journeys.conftest import PASSWORD, Site, Walker

Walk = Callable[..., Walker]
WRONG = "This e-mail address and this password do not fit together. Check both and try again."


# At the door


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(walk: Walk, site: Site) -> None:
    address = site.let_in("Nadia Sunderbrook")
    said = []
    for typed in (address, "nobody-we-know@demo.example"):
        nadia = walk().try_password(typed, "not the password at all")
        expect(nadia.page.get_by_role("alert")).to_contain_text(WRONG)
        expect(nadia.page.get_by_label("E-mail address")).to_have_value(typed)
        expect(nadia.page.get_by_label("Password", exact=True)).to_have_value("")
        said.append(nadia.page.get_by_role("main").inner_text())
    assert said[0] == said[1]


def test_one_browser_signs_another_out(walk: Walk, site: Site) -> None:
    laptop = walk().enter("Camille Juniperson")
    phone = walk(phone=True, user_agent="Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/605.1")
    phone.later(minutes=5).enter("Camille Juniperson").go("/hours")
    expect(phone.page.locator("h1")).to_have_text("Your hours")
    laptop.go("/you")
    rows = laptop.page.get_by_role("table").filter(has_text="Signed in").get_by_role("row")
    expect(rows).to_have_count(3)
    expect(rows.filter(has_text="This browser")).to_contain_text("Chrome on Linux")
    rows.filter(has_text="Safari on iPhone").get_by_role("button", name="Sign out there").click()
    expect(laptop.page.get_by_role("status").first).to_have_text("That browser is signed out.")
    expect(rows).to_have_count(2)
    phone.go("/hours")
    expect(phone.page.locator("h1")).to_have_text("Sign in")
    laptop.go("/hours")
    expect(laptop.page.locator("h1")).to_have_text("Your hours")


def test_a_forgotten_password_is_chosen_anew_through_a_letter(walk: Walk, site: Site) -> None:
    address, unknown = site.let_in("Rafael Stillwater-Fen"), "nobody-we-know@demo.example"
    at_home = walk().enter("Rafael Stillwater-Fen")
    said = []
    for typed in (address, unknown):
        asks = walk().go("/sign-in").press("I do not know my password")
        asks.page.get_by_label("E-mail address").fill(typed)
        asks.press("Send the link")
        expect(asks.page.locator("h1")).to_have_text("Look into your mail")
        said.append(asks.page.get_by_role("main").inner_text())
    assert said[0] == said[1]
    site.tick()
    assert site.letters_to(unknown) == []
    letter = site.letters_to(address)[-1]
    assert letter["Subject"] == "Choose a new password"
    [link] = re.findall(r"https?://\S+", letter.get_content())
    chooses = walk().go(urlsplit(link).path)
    chooses.page.get_by_label("New password").fill("short")
    chooses.press("Keep this password")
    expect(chooses.page.get_by_role("alert")).to_contain_text("10")
    chooses.page.get_by_label("New password").fill("a lamp in the window")
    chooses.press("Keep this password")
    expect(chooses.page.get_by_role("status")).to_contain_text("every browser is signed out")
    expect(at_home.go("/hours").page.locator("h1")).to_have_text("Sign in")
    expect(walk().go(urlsplit(link).path).page.locator("h1")).to_have_text("This link works no more")
    expect(walk().try_password(address, PASSWORD).page.get_by_role("alert")).to_contain_text(WRONG)
    chooses.try_password(address, "a lamp in the window")
    expect(chooses.page.get_by_text("Good day, Rafael Stillwater-Fen")).to_be_visible()


# The first page


def test_the_first_page_says_what_comes_next_and_what_is_missing(walk: Walk) -> None:
    rosa = walk(phone=True).sign_in("student")
    page = rosa.page
    expect(page.get_by_text("Good day, Rosa Elmwhisper. Next for you:")).to_be_visible()
    expect(page.locator("h1")).to_have_text("A plan and a handoff")
    expect(page.locator(".lead").first).to_contain_text("Crisis response, part 4 of 6")
    needs = page.get_by_role("region", name="What stands between you and your certificate")
    expect(needs).to_contain_text("18 of 45 met")
    open_quizzes = needs.get_by_role("listitem").filter(has_text="The next is “Crisis response, module quiz”.")
    expect(open_quizzes).to_contain_text("8 of 18 are passed.")
    expect(open_quizzes).to_contain_text("To come")
    expect(needs.get_by_role("listitem").filter(has_text="What I will hold to")).to_contain_text("Accepted on")
    region = page.get_by_role("region", name="Modules")
    modules = region.get_by_role("listitem")
    expect(modules).to_have_count(2)
    region.get_by_text("8 modules are finished").click()
    region.get_by_text("8 more modules are to come").click()
    expect(modules).to_have_count(18)
    expect(modules.nth(7)).to_contain_text("Finished")
    expect(modules.nth(8)).to_contain_text("1 of 5 lessons")
    expect(modules.nth(9)).to_contain_text("To come")
    expect(page.get_by_role("region", name="The days ahead")).to_contain_text("14:00 to 17:55, The long room")
    rosa.press("Carry on reading")
    expect(page.locator("#reading")).to_be_visible()
    assert page.url.endswith("/lessons/a-plan-and-a-handoff/4")


# A lesson


def read_for(walker: Walker, seconds: int) -> None:
    """Look at the page while time passes for both the browser and the server, one report of reading after the other."""
    for _beat in range(seconds // 20):
        walker.later(seconds=20)
        with walker.page.expect_response("**/beats"):
            walker.page.clock.run_for(21_000)


def choose(page: Page, position: int, places: list[int]) -> Locator:
    """Choose options of a question by their place, and return what the page says about saving it."""
    question = page.locator(f"#q{position}")
    for at in places:
        question.locator(f"input[name='a-{position}']").nth(at).check()
    return question.locator(".saved")


def attempt_code(page: Page) -> str:
    """Wait for the page of an attempt and return its code."""
    page.wait_for_url("**/attempts/*")
    return urlsplit(page.url).path.rpartition("/")[2]


def test_a_lesson_is_read_checked_and_counted_once_enough_time_was_measured(walk: Walk, site: Site) -> None:
    desmond = walk(phone=True)
    page = desmond.page
    page.clock.install(time=site.clock.now())
    desmond.enter("Desmond Larkfeather")
    counted = line_of_hours(desmond, "Your story, for someone else")
    expect(counted).to_have_count(0)
    desmond.go("/").press("Begin reading")
    expect(page.locator("h1")).to_have_text("Your story, for someone else")
    note, article = page.locator(".content-note"), page.locator("article.prose")
    expect(note).to_contain_text("Asks you to think about your own experience")
    assert note.bounding_box()["y"] < article.bounding_box()["y"]  # type: ignore[index]
    read_for(desmond, 120)
    expect(page.locator("#reading")).to_have_text("Measured 2 min")
    desmond.press("Mark as read and go on")
    expect(page.get_by_text("Part 2 of 6")).to_be_visible()
    desmond.later(hours=3).press("Go past part 3; nothing is lost by it")  # the page lay there; nobody looked
    expect(page.get_by_text("Part 4 of 6")).to_be_visible()
    expect(page.locator("#reading")).to_have_text("Measured 2 min")
    read_for(desmond, 60)
    expect(page.locator("#reading")).to_have_text("Measured 3 min")
    desmond.press("Go on")
    expect(page.get_by_text("Part 5 of 6", exact=True)).to_be_visible()
    desmond.press("Go on")
    expect(article).to_contain_text("Before the lesson's 36 min count:")
    expect(article).to_contain_text("pass the check")
    expect(article).to_contain_text("at least 15 min of reading measured; it is 3 min so far")

    desmond.press("Start the check")
    key = site.answer_key(attempt_code(page))
    for position, right in key.items():
        expect(choose(page, position, right)).to_contain_text("Saved 15:03")
    desmond.press("Save and send the quiz")
    expect(page.locator("h1")).to_have_text("Passed with 100 %")
    desmond.press("Go on with the lessons")
    expect(page.locator("h1")).to_have_text("Your story, for someone else")
    expect(page.locator(".lead").first).to_contain_text("Read on a little longer")
    expect(line_of_hours(desmond, "Your story, for someone else")).to_have_count(0)

    desmond.go("/lessons").press("Read on")
    expect(page.locator("#reading")).to_have_text("Measured 3 min")
    read_for(desmond, 660)
    expect(page.locator("#reading")).to_have_text("Measured 14 min")
    expect(page.get_by_text("This lesson's 36 min count", exact=True)).to_have_count(0)
    read_for(desmond, 60)  # the floor is 40 percent of 36 minutes: 14 minutes 24 seconds
    expect(page.locator("#reading")).to_have_text("Measured 15 min")
    page.reload()
    expect(page.get_by_text("This lesson's 36 min count", exact=True)).to_be_visible()
    line = line_of_hours(desmond, "Your story, for someone else")
    expect(line).to_contain_text("Counted")
    expect(line).to_contain_text("36 min")
    desmond.go("/")
    expect(page.locator("h1")).to_have_text("What peer support is, module quiz")
    expect(page.locator(".lead").first).to_contain_text("The lessons of this module are read")


def line_of_hours(walker: Walker, what: str) -> Locator:
    """Open the statement of hours and return its lines about something."""
    walker.go("/hours?all=1")
    return walker.page.get_by_role("region", name="Where each hour came from").get_by_role("row").filter(has_text=what)


# A quiz

CRISIS = ("asking-directly", "a-plan-and-a-handoff", "when-heat-rises", "who-comes-who-decides", "telling-first")


def been_through(site: Site, name: str, *lessons: str) -> None:
    """Let somebody have opened every part of some lessons."""
    with unit_of_work(site.database) as s:
        seat = site.seat(s, name)
        for lesson in lessons:
            for part in range(1, 7):
                learning.open_part(s, seat, lesson, part, now=site.clock.now())


def answered(page: Page) -> Locator:
    """Return the sentence that says how many questions have an answer."""
    return page.locator("#qm")


def test_a_quiz_loses_no_answer_and_gives_extra_time(walk: Walk, site: Site) -> None:
    hana = walk().sign_in("coordinator").go(f"/cohorts/people/{site.seat_code('Marcus Applewhistle')}")
    hana.press("Change the time for quizzes")
    hana.page.get_by_label("Time, in percent of the usual").fill("150")
    hana.page.get_by_label("Reason, if it should be on record").fill("Reads slowly when tired; agreed in week one.")
    hana.press("Record this arrangement")
    expect(hana.page.get_by_role("status").first).to_contain_text("It holds for every quiz from now on")

    marcus = walk().enter("Marcus Applewhistle").go("/quizzes/module-ethics-and-boundaries")
    page = marcus.page
    expect(page.get_by_role("status")).to_contain_text("opens when you have been through every part of these lessons")
    expect(page.get_by_role("status").get_by_role("link")).to_have_text("What stays here")
    been_through(site, "Marcus Applewhistle", "what-stays-here")
    page.reload()
    expect(page.get_by_text("45 minutes (30 + your extra time).")).to_be_visible()
    expect(page.get_by_text("3 of 3 left. Between two attempts lie 12 hours.")).to_be_visible()
    marcus.press("Start the quiz")
    code = attempt_code(page)
    key = site.answer_key(code)
    assert len(key) == 12
    expect(page.locator("#time")).to_have_text("45 minutes left")
    expect(page.locator("#time-of")).to_have_text("of 45 (30 + your extra time), until 12:45")
    marcus.later(minutes=1)
    expect(choose(page, 1, key[1])).to_have_text("Saved 12:01:00")
    expect(answered(page)).to_have_text("1 of 12 answered")
    page.reload()
    expect(page.locator("#q1 .saved")).to_have_text("Saved 12:01:00")
    assert chosen(page, 1) == key[1]
    expect(page.locator("#time")).to_have_text("44 minutes left")

    phone = walk(phone=True).enter("Marcus Applewhistle")
    phone.go("/quizzes/module-ethics-and-boundaries").press("Go back to your attempt")
    assert attempt_code(phone.page) == code
    assert chosen(phone.page, 1) == key[1]
    expect(choose(phone.page, 2, key[2])).to_have_text("Saved 12:01:00")
    turn(phone, 3)
    with phone.lost_line():
        expect(choose(phone.page, 3, key[3])).to_contain_text("Not saved yet. It stays on this page")
        expect(choose(phone.page, 4, key[4])).to_contain_text("Not saved yet. It stays on this page")
        phone.later(minutes=2)
    expect(phone.page.locator("#q3 .saved")).to_have_text("Saved 12:03:00")
    expect(phone.page.locator("#q4 .saved")).to_have_text("Saved 12:03:00")

    page.reload()
    expect(answered(page)).to_have_text("4 of 12 answered")
    assert chosen(page, 2) == key[2]
    turn(marcus, 3)
    turn(marcus, 5)
    for position in range(5, 12):
        wrong = [at for at in range(4) if at not in key[position]][:1]
        expect(choose(page, position, wrong if position == 5 else key[position])).to_have_text("Saved 12:03:00")
        if position % 2 == 0:
            turn(marcus, position + 1)
    marcus.press("Save and send the quiz")
    expect(page.get_by_role("alert")).to_contain_text("Not sent yet: one question to look at")
    page.get_by_role("link", name="Question 12 has no answer").click()
    expect(choose(page, 12, key[12])).to_have_text("Saved 12:03:00")
    marcus.press("Save and send the quiz")
    expect(page.locator("h1")).to_have_text("Passed with 91 %")
    expect(page.locator(".lead").first).to_contain_text("11 of 12 points. Sent on Monday 23 November, 12:03.")
    missed, right = (page.get_by_role("region", name=f"Question {n}", exact=True) for n in (5, 1))
    expect(missed).to_contain_text("Your choice.")
    expect(missed).to_contain_text("This fits.")
    expect(missed.get_by_role("heading", name="Why")).to_be_visible()
    expect(right).to_contain_text("Your choice; it fits.")
    other = [at for at in range(4) if at not in key[4]][:1]
    expect(choose(phone.page, 4, other)).to_contain_text("This arrived after the quiz was sent. It is not counted")
    page.reload()
    expect(page.locator("h1")).to_have_text("Passed with 91 %")


def chosen(page: Page, position: int) -> list[int]:
    """Return the places of the options that are marked."""
    boxes = page.locator(f"input[name='a-{position}']").all()
    return [at for at, box in enumerate(boxes) if box.is_checked()]


def turn(walker: Walker, position: int) -> None:
    """Save and go on to the page that holds a question."""
    walker.press("Save and go on")
    expect(walker.page.locator(f"#q{position}")).to_be_visible()


def test_when_the_time_is_up_the_quiz_closes_with_what_was_saved(walk: Walk, site: Site) -> None:
    been_through(site, "Ezequiel Mapleton-Rue", "a-code-you-can-use", "where-you-end", "what-stays-here")
    ezequiel = walk()
    page = ezequiel.page
    page.clock.install(time=site.clock.now())
    ezequiel.enter("Ezequiel Mapleton-Rue").go("/quizzes/module-ethics-and-boundaries").press("Start the quiz")
    key = site.answer_key(attempt_code(page))
    for position in (1, 2):
        expect(choose(page, position, key[position])).to_have_text("Saved 12:00:00")
    turn(ezequiel, 3)
    expect(choose(page, 3, key[3])).to_have_text("Saved 12:00:00")
    ezequiel.later(minutes=26).page.clock.fast_forward("26:00")
    expect(page.locator("#time")).to_have_text("4 minutes left")
    expect(page.locator("#time-said")).to_have_text("Less than 5 minutes left")
    ezequiel.later(minutes=4, seconds=30).page.clock.fast_forward("04:30")
    page.wait_for_url("**/result")
    expect(page.locator("h1")).to_have_text("Not passed yet; the pass mark is 80 %")
    expect(page.locator(".lead").first).to_contain_text("3 of 12 points.")
    closed = "The time was up on Monday 23 November, 12:30. The quiz closed with what was saved until then."
    expect(page.locator(".lead").first).to_contain_text(closed)
    expect(page.get_by_text("You left this question open.")).to_have_count(9)
    following = page.get_by_role("region", name="What comes next")
    expect(following).to_contain_text("You may try again from Tuesday 24 November, 00:30. 2 attempts are left.")
    site.tick()
    page.reload()
    expect(page.locator(".lead").first).to_contain_text(closed)
    ezequiel.go("/quizzes/module-ethics-and-boundaries")
    expect(page.get_by_role("button", name="Start the quiz")).to_have_count(0)
    expect(page.get_by_role("status")).to_contain_text("You can try again from Tuesday 24 November, 00:30 EST.")
    ezequiel.later(hours=12).enter("Ezequiel Mapleton-Rue").go("/quizzes/module-ethics-and-boundaries").press(
        "Try again"
    )
    assert attempt_code(page)


def test_an_answer_that_a_lost_line_held_up_past_the_end_is_kept_aside(walk: Walk, site: Site) -> None:
    been_through(site, "Thùy Linh Gorsefield", *CRISIS)
    linh = walk(phone=True)
    page = linh.page
    page.clock.install(time=site.clock.now())
    linh.enter("Thùy Linh Gorsefield").go("/quizzes/module-crisis-response").press("Start the quiz")
    key = site.answer_key(attempt_code(page))
    expect(choose(page, 1, key[1])).to_have_text("Saved 12:00:00")
    with linh.lost_line():
        expect(choose(page, 2, key[2])).to_contain_text("Not saved yet")
        linh.later(minutes=31).page.clock.fast_forward("31:00")
        expect(page.locator("#saved")).to_contain_text("The time is up. Your last answers wait on this page")
    page.clock.run_for(6_000)
    page.wait_for_url("**/result")
    expect(page.locator(".lead").first).to_contain_text("1 of 12 points.")
    late = "An answer to one question arrived too late. It is not counted, and it is kept with the time it arrived."
    expect(page.get_by_text(late)).to_be_visible()


# A narrative


def test_a_narrative_saves_itself_is_sent_once_and_says_who_opened_it(walk: Walk, site: Site) -> None:
    adwoa = walk(phone=True)
    page = adwoa.page
    page.clock.install(time=site.clock.now())
    adwoa.enter("Adwoa Cedarquist").go("/narratives").press("Begin")
    expect(page.locator("h1")).to_have_text("After a crisis")
    who = page.get_by_role("region", name="Who will read this")
    expect(who).to_contain_text("one facilitator of your cohort: Marcus Bellwether or Ruth Oakenshaw")
    expect(who).to_contain_text("Nobody watches this page at night")
    said, box = page.locator("[data-said]"), page.get_by_label("Narrative", exact=True)
    expect(said).to_have_text("Nothing is saved yet.")
    box.fill("He called at ten. I asked him directly, and then I was quiet.")
    page.clock.run_for(3_100)
    expect(said).to_have_text("Saved 12:00:00. Earlier versions are kept.")
    expect(page.locator("[data-count]")).to_have_text("13 words")
    with adwoa.lost_line():
        box.press_sequentially(" We called the Lifeline together.")
        page.clock.run_for(3_100)
        expect(said).to_have_text("Not saved yet. It stays on this page; we try again every 5 seconds.")
    adwoa.later(minutes=1)
    page.clock.run_for(5_100)
    expect(said).to_have_text("Saved 12:01:00. Earlier versions are kept.")
    page.reload()
    text = "He called at ten. I asked him directly, and then I was quiet. We called the Lifeline together."
    expect(box).to_have_value(text)

    laptop = walk().enter("Adwoa Cedarquist").go("/narratives").press("Carry on writing")
    laptop.page.get_by_label("Narrative", exact=True).fill(text + "\n\nAfterwards I ate.")
    laptop.press("Save and leave")
    expect(laptop.page.get_by_role("status").first).to_contain_text("nobody else can open it")
    box.press_sequentially(" Written in the older page.")
    page.clock.run_for(3_100)
    expect(said).to_contain_text("A newer text is saved, from another page. Nothing was lost: both stand here.")
    expect(page.get_by_label("The newer text")).to_have_value(text + "\n\nAfterwards I ate.")
    page.get_by_role("button", name="Take the newer text").click()
    expect(box).to_have_value(text + "\n\nAfterwards I ate.")

    page.get_by_label("What is in this text").fill("A call at night. Nobody is hurt.")
    adwoa.press("Read it once more, then send")
    expect(page.locator(".story")).to_contain_text("Afterwards I ate.")
    expect(page.locator(".story")).to_contain_text("A call at night.")
    adwoa.press("Send it now")
    expect(page.locator("h1")).to_have_text("After a crisis is sent")
    opened = page.get_by_role("region", name="Who has read my story")
    expect(opened).to_contain_text("Nobody has opened it yet. Each opening will stand here.")

    laptop.go("/narratives/crisis-response/after-a-crisis")
    expect(laptop.page.locator("h1")).to_have_text("After a crisis is sent")
    ruth = walk().sign_in("facilitator2").go("/to-read")
    label = site.label_of("Adwoa Cedarquist", "crisis-response/after-a-crisis")
    ruth.press(f"Narrative {label}").later(minutes=30).press("Take it on and read")
    expect(ruth.page.get_by_text("Afterwards I ate.")).to_be_visible()
    assert "Adwoa" not in ruth.page.content()
    page.reload()
    expect(opened.get_by_role("row").nth(1)).to_contain_text("A facilitator")
    expect(opened.get_by_role("row").nth(1)).to_contain_text("Monday 23 November, 12:31")
    assert "Ruth" not in opened.inner_text()


def test_words_typed_before_the_pages_script_has_come_are_saved_too(walk: Walk, site: Site) -> None:
    ezequiel = walk(phone=True)
    page = ezequiel.page
    page.clock.install(time=site.clock.now())
    held: list[Route] = []
    page.route("**/write.js", lambda route: held.append(route))
    ezequiel.enter("Ezequiel Mapleton-Rue")
    page.goto(site.url + "/narratives/crisis-response/after-a-crisis", wait_until="commit")
    box, said = page.get_by_label("Narrative", exact=True), page.locator("[data-said]")
    box.fill("Nine words typed on a bad line, not lost.")
    expect(said).to_have_text("Nothing is saved yet.")
    held[0].continue_()
    page.wait_for_load_state()
    expect(page.locator("[data-count]")).to_have_text("9 words")
    page.clock.run_for(3_100)
    expect(said).to_have_text("Saved 12:00:00. Earlier versions are kept.")


def test_words_typed_while_signed_out_stay_and_are_saved_after_signing_in_again(walk: Walk, site: Site) -> None:
    laptop = walk()
    page = laptop.page
    page.clock.install(time=site.clock.now())
    laptop.enter("Nadia Sunderbrook").go("/narratives/crisis-response/after-a-crisis")
    box, said = page.get_by_label("Narrative", exact=True), page.locator("[data-said]")
    phone = walk(phone=True).enter("Nadia Sunderbrook").go("/you")
    phone.page.get_by_role("button", name="Sign out there").click()
    expect(phone.page.get_by_role("status").first).to_have_text("That browser is signed out.")
    box.fill("He called at ten, and I was not signed in.")
    page.clock.run_for(3_100)
    expect(said).to_contain_text("You are signed out. What is on this page stays here.")

    again = page.context.new_page()
    Walker(again, site).enter("Nadia Sunderbrook")
    expect(again.get_by_text("Good day, Nadia Sunderbrook")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(said).to_have_text("Saved 12:00:00. Earlier versions are kept.")
    expect(box).to_have_value("He called at ten, and I was not signed in.")
    page.reload()
    expect(box).to_have_value("He called at ten, and I was not signed in.")
