//! The table of all mechanisms.

use std::time::Duration;

use netlab::ipc::{MECHANISMS, compare};
use netlab::nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use netlab::nix::unistd::Pid;

use crate::roles::{copy, play, plays};
use crate::turn;

#[test]
fn comparison_measures_everything_in_time() {
    let _turn = turn();
    let comparison = compare();
    let text = comparison.to_string();
    assert!(comparison.elapsed < Duration::from_secs(15), "{text}");
    assert_eq!(comparison.rows.len(), MECHANISMS.len());
    for row in &comparison.rows {
        let rounds = [&row.one_core, &row.two_cores];
        assert!(rounds.iter().any(|it| it.is_some()), "{text}");
        for measured in rounds.into_iter().chain([&row.stream]).flatten() {
            measured.as_ref().expect(row.mechanism.name);
        }
        assert!(text.contains(row.mechanism.name), "{text}");
    }
    assert!(text.lines().count() <= 14, "{text}");
    assert!(text.lines().all(|it| it.chars().count() <= 80), "{text}");
}

const ALONE: &str = "comparing::one_core_is_enough";

#[test]
fn one_core_is_enough() {
    if plays("alone") {
        let this = Pid::from_raw(0);
        let allowed = sched_getaffinity(this).expect("affinity");
        let core = (0..CpuSet::count())
            .find(|core| allowed.is_set(*core) == Ok(true))
            .expect("a core");
        let mut only = CpuSet::new();
        only.set(core).expect("a core");
        sched_setaffinity(this, &only).expect("hold");

        let comparison = compare();
        let text = comparison.to_string();
        assert!(text.contains("ядро процессора одно"), "{text}");
        for row in &comparison.rows {
            assert!(row.two_cores.is_none(), "{text}");
            let rounds = row.one_core.as_ref().expect("measured");
            rounds.as_ref().expect(row.mechanism.name);
        }
        return;
    }
    let _turn = turn();
    play(copy(ALONE, "alone"));
}
