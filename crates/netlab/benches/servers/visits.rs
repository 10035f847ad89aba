//! A load of clients that come for one echo and leave.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use crate::echoes;
use crate::line;

/// The life of a process that is such a load. The same lines as in
/// [`echoes::run`]; the answer is visits and seconds.
pub(crate) fn run(addr: &str, count: &str) -> io::Result<()> {
    let count = count.parse().map_err(io::Error::other)?;
    drop(echoes::connect(addr)?);
    println!("connected");
    line::answer(|millis| {
        let millis = millis.parse().map_err(io::Error::other)?;
        play(addr, count, Duration::from_millis(millis))
    })
}

fn play(addr: &str, count: usize, time: Duration) -> io::Result<(f64, f64)> {
    let start = Instant::now();
    let visit_until_over = || -> io::Result<u32> {
        let mut visits = 0;
        while start.elapsed() < time {
            drop(echoes::connect(addr)?);
            visits += 1;
        }
        Ok(visits)
    };
    let visits = thread::scope(|scope| {
        let visitors: Vec<_> =
            (0..count).map(|_| scope.spawn(visit_until_over)).collect();
        let visits = visitors.into_iter().map(|visitor| {
            visitor
                .join()
                .unwrap_or_else(|_| Err(io::ErrorKind::Other.into()))
        });
        visits.sum::<io::Result<u32>>()
    })?;
    Ok((f64::from(visits), start.elapsed().as_secs_f64()))
}
