//! Text as people and models exchange it: no two messages alike, clean or with private data in it.

mod private;
#[cfg(test)]
mod tests;

use fastrand::Rng;

/// Private data stands about this many bytes apart.
const PRIVATE_EVERY_BYTES: usize = 1_024;

/// Sentences of chats; `{}` is filled with what changes from chat to chat.
const SENTENCES: [(&str, Slot); 30] = [
    ("The customer asked about a refund for order {}, which arrived late.", Slot::Order),
    ("I looked at the invoice and the amount is {} euros, paid in March.", Slot::Amount),
    ("Could you check again whether the {} is still in stock?", Slot::Thing),
    ("The {} was sent from our warehouse on {}.", Slot::Date),
    ("Please summarise the thread below in three sentences for the {} team.", Slot::Team),
    (
        "Here is the code that fails:\\n```python\\nfor row in rows[:{}]:\\n    print(row)\\n```",
        Slot::Amount,
    ),
    ("It answered with status {} and an empty body after the deploy.", Slot::Status),
    ("The test suite takes {} seconds now, twice as long as last week.", Slot::Amount),
    ("According to the handbook, the {} has to be approved by {}.", Slot::Team),
    ("Build {} of the {} service went out this morning.", Slot::Version),
    ("You are a careful assistant; answer in one paragraph and name your source.", Slot::Thing),
    (
        "The tool returned {{\\\"status\\\": \\\"ok\\\", \\\"rows\\\": {}}} and nothing else.",
        Slot::Amount,
    ),
    ("My guess is that the cache in front of the {} was not cleared.", Slot::Thing),
    ("That makes {} open tickets for the {} team since Monday.", Slot::Amount),
    ("Sorry for the delay, I had to read the whole report first.", Slot::Thing),
    ("If the {} does not arrive by {}, cancel the order and tell them.", Slot::Date),
    ("See section {} of the design document for the reasons.", Slot::Amount),
    ("I would try version {} first, because the notes mention this very bug.", Slot::Version),
    ("Thanks, that worked! One more question about the {}.", Slot::Thing),
    ("The error says: cannot open file /srv/app/data/{}.json: no such file.", Slot::Order),
    ("We compared the {} with last year and found nothing unusual.", Slot::Thing),
    ("Latency at the 99th percentile went from {} to 840 milliseconds.", Slot::Amount),
    ("Let me think about that step by step before I answer.", Slot::Thing),
    ("The meeting about the {} was moved to {}.", Slot::Date),
    ("Run {} finished, see https://ci.example.com/runs/{} for the log.", Slot::Order),
    ("In the table, column {} holds the price without tax.", Slot::Amount),
    ("No, the {} is not covered by the warranty, but we can offer a discount.", Slot::Thing),
    ("The query was: select name, price from products where price > {} limit 50", Slot::Amount),
    ("It is {} degrees in the server room and the fan is loud.", Slot::Amount),
    ("Would the {} team like a reminder on {}?", Slot::Date),
];

const THINGS: [&str; 16] = [
    "espresso machine",
    "garden chair",
    "search index",
    "price list",
    "mobile app",
    "blue jacket",
    "report",
    "login page",
    "load balancer",
    "spare part",
    "contract",
    "newsletter",
    "data export",
    "keyboard",
    "release plan",
    "shipping label",
];
const TEAMS: [&str; 6] = ["support", "billing", "platform", "legal", "warehouse", "research"];
const MONTHS: [&str; 6] = ["January", "March", "April", "June", "September", "November"];

/// What fills the holes of a sentence, besides things.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Order,
    Amount,
    Thing,
    Date,
    Team,
    Status,
    Version,
}

/// Text of a chat, and what private data stands in it.
#[derive(Debug, Default)]
pub(crate) struct Chat {
    /// The text, escaped as it stands inside a JSON string.
    pub(crate) text: String,
    /// The private values in it, as they stand there.
    pub(crate) planted: Vec<String>,
}

impl Chat {
    /// Writes at least `bytes` bytes of text; with `private`, about one private value a kilobyte.
    pub(crate) fn write(random: &mut Rng, bytes: usize, private: bool) -> Self {
        let mut chat = Self::default();
        // Where the first one stands is up to chance, so that short texts get their share as well.
        let mut next = random.usize(0..PRIVATE_EVERY_BYTES);
        while chat.text.len() < bytes {
            if private && chat.text.len() >= next {
                let (sentence, value) = private::sentence(random);
                chat.text.push_str(&sentence);
                chat.planted.push(value);
                next += PRIVATE_EVERY_BYTES;
            } else {
                chat.sentence(random);
            }
            chat.text.push(' ');
        }
        chat
    }

    fn sentence(&mut self, random: &mut Rng) {
        let (sentence, slot) = random.choice(SENTENCES).unwrap_or(("", Slot::Thing));
        let mut parts = sentence.split("{}");
        self.text.push_str(parts.next().unwrap_or_default());
        let holes: Vec<&str> = parts.collect();
        for (at, part) in holes.iter().enumerate() {
            // Of two holes the last one is the particular one.
            let slot = if at + 1 == holes.len() { slot } else { Slot::Thing };
            self.text.push_str(&fill(slot, random));
            self.text.push_str(part);
        }
    }
}

fn fill(slot: Slot, random: &mut Rng) -> String {
    let any = |random: &mut Rng, list: &[&str]| {
        random.choice(list.iter().copied()).unwrap_or_default().to_owned()
    };
    match slot {
        Slot::Order => format!("A-{:05}", random.u32(..100_000)),
        Slot::Amount => random.u32(1..2_000).to_string(),
        Slot::Thing => any(random, &THINGS),
        Slot::Date => format!("{} {}", random.u8(1..=28), any(random, &MONTHS)),
        Slot::Team => any(random, &TEAMS),
        Slot::Status => random.choice([200, 404, 429, 500, 503]).unwrap_or(200).to_string(),
        Slot::Version => format!("v{}.{}", random.u8(1..9), random.u8(..40)),
    }
}
