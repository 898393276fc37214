"""What people in the demonstration write. Made up, short, and true to how such texts sound."""

NARRATIVES: dict[str, tuple[str, ...]] = {
    "turning-point": (
        """The winter the plant closed, I slept on my cousin's porch because it had a heater and a door that locked. I told people I was between places. The true thing is that I had stopped opening my mail.

One night an older man from the corner store brought his own chair out. He did not ask what had happened. He said he used to open one envelope a week, on Thursdays, with the radio on, and that most of them were not what he had feared. Then he talked about the radio.

I opened one envelope that Thursday. It was a library notice. We both laughed.

What helped was that he made the thing small and did not make me explain it. When I meet someone who has a pile of envelopes, I do not carry the pile for them. I bring a chair.""",
        """For two years I could not be in a kitchen with anybody else in it. I ate standing, at night. People told me I looked better, and each time they did I lost a week.

The turn was a woman at the day programme who peeled carrots. She was always peeling carrots. She said I could sit there or not, and that the carrots did not care. I sat there for a month before I picked up the second peeler.

She told me one thing about herself, once: that she had been afraid of the table too. She said it in one breath and went on peeling. I had never met somebody who had been where I was and was now bored by it.

I would offer somebody the second peeler. I would not say a word about how they look.""",
        """I was good at leaving before anybody could. Jobs, rooms, a marriage. When I stopped drinking I thought the leaving would stop by itself. It did not.

My group met above a bakery. The third time I walked out in the middle, nobody came after me, and I was angry about it. The week after, my cup was on the hook with my name on tape. Nobody said anything. The cup was just there.

I have thought about why that worked. It did not ask me to promise. It said: there is a place, and it does not close when you go.

My limit is that I still leave when people raise their voices. My supervisor knows. We agreed that I say so out loud and step into the hall, and that I come back.""",
    ),
    "a-hard-choice": (
        """A man I support asked me for thirty dollars so that he could pay for his phone before the weekend. Without the phone he could not be reached by the clinic. I had the thirty dollars.

What pulled me one way was that it was a real need and I could meet it by dinner. What pulled me the other way was that our agreement says no lending, and I know why: the next time we met he would have owed me something, and it would have been harder for him to tell me no.

I told him I could not lend, and that I did not want the weekend to go by without a way to reach him. We sat on the steps and called the phone company together. They gave him until Tuesday. I told my supervisor the same day, before I was asked.

I am still not sure I would have said it as calmly if they had refused.""",
        """We live in a town with one grocery store. A woman I support works the register, and my sister is her landlord. I knew that before I said yes to working with her, and I did not say it.

When the rent went up she told me she was afraid to complain. I saw that whatever I said next, I was standing in two places.

I told her about my sister. She was quiet, and then she asked whether I had told my sister anything. I had not, and I said so, and I said she did not have to believe me right away. I took it to supervision. We offered her another peer supporter, and she chose to stay, with a rule that we do not talk about housing and that someone else goes with her to the legal clinic.

I should have said it on the first day. I say it on the first day now.""",
    ),
    "cultural-humility": (
        """I train new people at the food pantry. A young woman began in March who said almost nothing at our table on Mondays, and I decided she was shy. I had met one other person from her town, and he was shy. That was all my guess was made of.

So I spoke for her. I gave her idea about the Saturday hours, and people liked it, and I felt kind.

After the meeting she asked, "May I tell you something about my Saturday plan?" I heard the "my". I said I had taken it out of her mouth and had not asked her once how she likes to be heard. Then I asked: would she rather have the paper before the meeting, or speak second, or neither, and that neither was fine.

She said the first. It turned out the table itself was in the way. The agenda came out at nine for a meeting at nine, and whoever thinks before speaking never had the time. Nobody had made that to keep her out.

I told the table whose idea it was, the next Monday, in one sentence. The agenda goes out on Fridays now. Before I carry somebody's words anywhere, I ask to hear them twice.""",
        """A man I sat with at the drop-in kept his cap on in the chapel room and ate with his back to the wall. I had him down as somebody who did not like us. I had read about men who sit that way, and I believed the page more than the man.

One noon I said he could relax here, we were all friends. He said, "I hear with this side. Against the wall I catch most of it." The cap kept the hearing aid from whistling.

I said that I had guessed, and guessed wrong, and asked what would make the room easier, or whether he would rather I left it alone. He thought about it through a whole bowl of soup. He wanted the radio off.

What stood in the way was not him. The room has tin walls, and the county's list for hearing aids was fourteen months long that spring; I called and asked. I cannot fix the list. I could turn a knob.

There was a line in the log in my hand: "keeps to himself." I wrote beneath it what I had learned, with his leave. Now I write down what I saw, and leave out what I think it means until I have asked.""",
    ),
    "after-a-crisis": (
        """She called at ten at night and said she could not see the point of tomorrow. I asked whether she was thinking of killing herself. I used those words. She said yes, and then she breathed out as if she had put down a bag.

I stayed on the phone. I asked what was near her and who was in the house. She said her brother was asleep. I asked whether she would wake him while I stayed on, and she did. Together we called the Lifeline on his phone.

I did not rate how serious it was. I did not promise to keep it between us. I told her, before I did it, that I would call my supervisor next, and I did.

The next day I was angry at everybody. My supervisor asked what I had eaten. It turned out to be nothing since noon. We wrote down what I do after the next one, and the first line is food.""",
        """The given case: a man in the waiting room is shouting at the desk, and people are moving back.

I would not go and stand close to him. I would stand to the side where he can see me and leave him the door. I would say my name, and that I can see this matters, and ask what he needs most right now. Then I would be quiet.

If he told me he had waited three hours for nothing, I would not argue about the hours. I would say that is a long time, and offer two things I can really do: find out who can see him, or find a quieter place with him.

If I felt unsafe I would step out and get help. That is not a failure; my legs usually know before I do. Afterwards I would ask the person at the desk how they are, because they were shouted at, and write down what was said and done without guessing at why.""",
    ),
    "land-and-lineage": (
        """What came down to me is a way of closing a gate. My great-aunt tied it with one turn and a tuck, so that a person with full arms could open it with an elbow. She had it from the woman she picked tobacco with, whose name I do not know. My aunt called her "the one from across." That is as far back as I can go.

The gate is at the community garden behind the fire station. Rosemary grows there, and beans somebody else plants. The city mows the edge. I looked for whose land it was before the fire station and found a farm map from 1911 and nothing earlier. The map names the road after a creek that is under it now, and a librarian told me where to ask next.

I would show the knot to anybody. It was shown to me so that arms stay free.

With somebody I support I might say, "There is a garden, and there is my kitchen table with a piece of cord, and there is doing neither and having coffee." The table is as good as the garden. If they said no, I would put the kettle on.

I know a song that was sung over that garden once. It is not mine, and I leave it there.""",
        """I take route two. My teacher was a swim coach at the city pool, and the place is lane six.

She taught me to count the tiles on the bottom and to breathe out twice as long as in. She had it from her own coach, in another city; she never said where he got it, and I never asked. I have left out the stopwatch.

The pool stands on filled ground. The sign says it opened in 1958. In ten minutes at the library I found out who was not let in until 1964, and nothing about who was there before the fill. The man who tends it is called Mr. Ode and he knows every pump by its noise.

I sit at a window with this more often than I swim. I would offer it like so: "I know a way of breathing out slowly that a coach showed me. We could try it here in the chairs for a minute, or look out at the bus stop and count what goes by, or leave it." If the person said no, I would say all right, and mean it, and ask about their day.

I would not teach anybody to hold their breath. That belongs to people who are trained for it, at the side of a pool.""",
    ),
    "capstone-reflection": (
        """On the practice day I was the peer supporter and my partner played Ray, who wanted me to come into the benefits office and do the talking. The other card, at the same moment, was a text from somebody else: "Do not bother Thursday."

I read the text first. I said to Ray, "Somebody I work with may not be safe. I am going to make one call from the hall, and I will be back in this chair." That was the crisis module: I called and asked directly, in words that could not be mistaken. She said no, not that, she meant the appointment. I believed her and told the supervisor on the wall list all the same.

Then Ray. I wanted to talk for him; I like forms. What I had from the module on goals was to ask what he would call a good hour. He was quiet so long that I nearly filled it. He said, "If I say it, and you stay." So he said it and I stayed. What was owed to him was for the office to decide, and I left that to them.

I bring to supervision that I was pleased when he needed me. That is the beginning of drift, and the module says so on its first page. I walked home the long way round.

What I am still learning is to wait. Until spring I will count to ten, and write down what came at eight.""",
        """I chose the given morning.

Nadine comes first. "Forget about me" may mean anything, and I do not get to choose which. At 8:06 I would call her and not write. I would ask whether she is thinking of killing herself. If she does not answer, I call the second name on the wall at 8:08, because my supervisor is sick and I am not alone in this.

Luis has said what he wants. I would tell the clinic at 8:20 that I will let him know they called and that the rest is his. I would not go and fetch him. Somebody could show me a law that I do not know, so I would ask the second name about that as well.

Theresa waits, and perhaps for good. I know her from church. What a coworker saw is not mine to act on, and I would say so: "If she wants me, she has my number. I cannot talk about her." From the module on ethics I take who may know, from the one on crisis what to ask, from the one on roles that church is church.

I would listen for what Nadine does not say, and say back only that I heard it.

To supervision I bring that I would be angry at the coworker by nine. I would have eaten by then. I am still learning to leave a thing undone, and I will ask about it each month until summer.""",
    ),
}
NOTES: dict[str, tuple[str, ...]] = {
    "turning-point": ("A hard season, told without details. No self-harm.",) * 3,
    "a-hard-choice": ("Money, and a lean week.", "Rent, and two ties at once."),
    "cultural-humility": ("A wrong guess, and what was put right. Nothing hard.",) * 2,
    "after-a-crisis": ("Names suicide once, without details. Everybody is safe.", "A man shouts. Nobody is hurt."),
    "land-and-lineage": ("Something small that was handed on. Nothing hard.",) * 2,
    "capstone-reflection": (
        "Somebody may be in danger and is not. No details.",
        "The given morning. Names suicide once, without details.",
    ),
}
"""What each writer says is in the text, text by text."""
FEEDBACK_GOOD = "Thank you for trusting us with this. The moment is small and exact, and I could see it. You say what the other person did and what it changed, and you name your own limit. I would be glad to have you beside me."
FEEDBACK_BACK = "Thank you for this. I could feel how it was. I was less sure what you would do with somebody who stands there now. Could you show one time, or how you would begin, and where your own limit is? Take the time you need; it counts the same when it comes."
REASON_BACK = "I did not find a limit of your own in the text yet, and the task asks for one."
HOMEWORK = (
    "First conversation: at a kitchen table, twenty-five minutes. I asked what a good week looks like and wrote down only his words. He said: a week in which nobody decides for me. I wanted to give advice twice and counted to ten instead.\n\nSecond conversation: on a bench, half an hour. She asked what I get out of this. I said I am learning to listen and that she may stop whenever she likes. She did not stop.",
    "The map: two warmlines, one walk-in clinic that is open until eight, the county's crisis team with the number on the fridge, and the neighbour who has a car. What I found out by calling: the clinic wants an appointment for the first visit, which the page does not say.\n\nFor myself: I tell my supervisor within a day, I eat, I walk to the water and back.",
    "I tried the opening from the lesson with two people who know me. The first said it sounded like a form. I took out half of the words. The second time I said what I keep private and what I cannot, and then I asked whether that was all right. It took under a minute.",
)
HOMEWORK_REPLY = "Accepted. I liked that you wrote down their words and not yours."
PRACTICE = "Sat in on the Thursday listening circle, greeted people at the door, helped one person fill in a bus pass form with the pen in their hand."
MADE_UP = "Made up with the facilitator, one evening at the long room."
WITHDRAW_REASON = "A new job with night shifts. Would like to come back with a later cohort."
EXTRA_TIME_REASON = "Reads with a screen reader; agreed at the first meeting."
REVOKE_REASON = "Issued under a former name by mistake; a corrected certificate was asked for and not yet issued."
