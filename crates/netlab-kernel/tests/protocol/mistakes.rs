//! Mistakes that students make, each executed, and the page that says what
//! each of them shows.
//!
//! - [`Mistake`]: one of them, and what has to be said of it;
//! - the modules with the mistakes, by what they are about;
//! - [`shown`]: what the kernel has said;
//! - [`page`]: `MISTAKES.md`, written from that.

#[path = "mistakes/concurrency.rs"]
mod concurrency;
#[path = "mistakes/language.rs"]
mod language;
#[path = "mistakes/network.rs"]
mod network;
#[path = "mistakes/notebook.rs"]
mod notebook;
#[path = "mistakes/ownership.rs"]
mod ownership;
#[path = "mistakes/page.rs"]
mod page;
#[path = "mistakes/panics.rs"]
mod panics;
#[path = "mistakes/shown.rs"]
mod shown;
#[path = "mistakes/syntax.rs"]
mod syntax;
#[path = "mistakes/types.rs"]
mod types;

use crate::client::Client;
use shown::Shown;

/// A cell with a mistake, and what the kernel has to say of it.
struct Mistake {
    /// What is wrong, for the page.
    name: &'static str,
    /// Cells that are executed before it.
    before: &'static [&'static str],
    cell: &'static str,
    /// The name of the error; empty if the cell succeeds with a remark.
    error: &'static str,
    /// Line and column, `2:5`; empty if there is no place.
    place: &'static str,
    /// Parts of the text.
    says: &'static [&'static str],
}

/// What the mistakes are about, in the order of the page.
const GROUPS: [(&str, &[Mistake]); 8] = [
    ("Another language", language::MISTAKES),
    ("Syntax", syntax::MISTAKES),
    ("Types", types::MISTAKES),
    ("Ownership", ownership::MISTAKES),
    ("Panics", panics::MISTAKES),
    ("Threads and processes", concurrency::MISTAKES),
    ("Network and files", network::MISTAKES),
    ("The notebook", notebook::MISTAKES),
];

/// What no message may have: words that are there twice, debris of what the
/// kernel is made of.
const NEVER: [&str; 9] = [
    "Note: note",
    "Help: help",
    "Subprocess terminated",
    "fatal runtime error",
    "memory allocation of",
    "RUST_BACKTRACE",
    "src/lib.rs",
    "NetlabType",
    "evcxr_",
];

#[test]
fn every_mistake_shows_what_the_page_says() {
    let mut client = Client::start();
    let mut sections = Vec::new();
    let mut faults = Vec::new();
    for (title, mistakes) in GROUPS {
        let mut rows = Vec::new();
        for mistake in mistakes {
            let shown = make(&mut client, mistake);
            faults.extend(faults_of(mistake, &shown));
            rows.push((mistake, shown));
        }
        sections.push((title, rows));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
    page::agrees(&sections);
}

/// Makes the mistake; what comes before it may be one too.
fn make(client: &mut Client, mistake: &Mistake) -> Shown {
    let mut first = None;
    for cell in mistake.before {
        Shown::by(client, cell, &mut first);
    }
    Shown::by(client, mistake.cell, &mut first)
}

/// What is wrong with what was said.
fn faults_of(mistake: &Mistake, shown: &Shown) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expect = |is_so: bool, what: String| {
        if !is_so {
            faults
                .push(format!("{}: {what} in:\n{}", mistake.name, shown.text));
        }
    };
    let error = &shown.error;
    expect(error == mistake.error, format!("error {error:?}"));
    let place = &shown.place;
    expect(place == mistake.place, format!("place {place:?}"));
    for part in mistake.says {
        expect(shown.text.contains(part), format!("no {part:?}"));
    }
    for part in NEVER {
        expect(!shown.text.contains(part), format!("{part:?}"));
    }
    expect(
        !shown.mixes_languages(),
        "two languages in a line".to_owned(),
    );
    faults
}
