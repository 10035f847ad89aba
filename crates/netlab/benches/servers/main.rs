//! How fast the four servers are beside bare ones.
//!
//! A bare server has the same model and nothing else: no log, no limits, no
//! handle. The threads of Python are there too. Run it with
//! `cargo bench --package netlab --bench servers`, or `cargo lab bench servers`;
//! a word after `--` chooses the contests whose names have it.
//!
//! The machine is shared with whatever else runs on it, so nothing is measured
//! alone: the two servers of a contest are there at the same time and take turns
//! many times a second, and what counts is the median of the ratios of
//! neighbouring turns ([`duel`]). Each is a process of its own, and so is
//! the load on it: four thousand connections have eight thousand ends, and one
//! process may not open so many.
//!
//! How far a ratio is to be trusted is seen when a server is measured beside
//! itself: `duel 'bare tokio' 'bare tokio' 64` after `--` does that with 64
//! clients.
//!
//! All of them share one core ([`one_core`]), so that what is compared is work.

mod bare;
mod contest;
mod descriptors;
mod duel;
mod echoes;
mod figures;
mod line;
mod one_core;
mod served;
mod table;
mod visits;

use std::env;
use std::io;
use std::num::ParseIntError;
use std::process;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::duel::{Duel, Load};

/// How long all contests may take together.
const LIMIT: Duration = Duration::from_secs(240);

fn main() -> io::Result<()> {
    // `cargo bench` adds `--bench` by itself.
    let arguments: Vec<String> =
        env::args().skip(1).filter(|a| a != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["serve", name] => served::serve(name),
        ["echoes", addr, count] => echoes::run(addr, count),
        ["visits", addr, count] => visits::run(addr, count),
        ["duel", first, second, count] => {
            let count = count.parse();
            let count =
                count.map_err(|e: ParseIntError| io::Error::other(e))?;
            fight([first, second], Load::Echoes(count))
        }
        _ => measure(&words),
    }
}

/// Measures two servers, whichever they are.
fn fight(servers: [&str; 2], load: Load) -> io::Result<()> {
    one_core::stay()?;
    let ratio = Duel { servers, load }.fight(contest::time(load))?.ratio();
    println!("{} beside {}: {ratio:.3}", servers[1], servers[0]);
    Ok(())
}

/// Measures the contests whose names have one of the words; all without words.
fn measure(words: &[&str]) -> io::Result<()> {
    let (finished, is_finished) = mpsc::channel::<()>();
    let watchdog = thread::spawn(move || {
        let over = is_finished.recv_timeout(LIMIT);
        if over == Err(mpsc::RecvTimeoutError::Timeout) {
            eprintln!("error: not finished after {LIMIT:?}");
            // The other processes end with their standard input.
            process::exit(1);
        }
    });
    one_core::stay()?;
    println!("{}", table::HEAD);
    for contest in contest::all(descriptors::raise_limit()?) {
        if words.is_empty() || words.iter().any(|w| contest.model.contains(w)) {
            println!("{}", table::row(&contest, &contest.run()?));
        }
    }
    drop(finished);
    watchdog.join().expect("the watchdog does not panic");
    Ok(())
}
