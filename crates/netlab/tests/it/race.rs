//! The lost update: measured, replayed, counted.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use netlab::race::{self, Counter, Operation};

/// Plain spaces, as a person would type them.
fn plain(value: impl ToString) -> String {
    value.to_string().replace('\u{a0}', " ")
}

#[test]
fn counter_that_is_loaded_and_stored_loses_updates() {
    // Long runs: even if the threads get one core in turn, they are interrupted
    // in the middle. How often that costs an update is luck, so it may take
    // more than one meter; a machine where it never happens has no scheduler.
    let deadline = Instant::now() + Duration::from_secs(60);
    let meter = loop {
        let meter = race::meter(Counter::LoadStore, 10, 4, 500_000)
            .expect("threads start");
        if meter.runs_that_lost() > 0 || Instant::now() > deadline {
            break meter;
        }
    };
    assert!(meter.runs_that_lost() > 0, "{meter}");
    assert!(meter.min() < meter.expected(), "{meter}");
    assert!(meter.lost() > 0, "{meter}");
    assert!(plain(&meter).contains("Обновления терялись"), "{meter}");
}

#[test]
fn no_other_counter_loses_any() {
    for counter in [Counter::FetchAdd, Counter::Mutex, Counter::PerThread] {
        let meter = race::meter(counter, 20, 4, 10_000).expect("threads start");
        assert_eq!(meter.runs(), 20);
        assert_eq!(meter.results(), [40_000; 20], "{meter}");
        assert_eq!((meter.runs_that_lost(), meter.lost()), (0, 0));
        assert!(meter.to_string().contains("это не везение"), "{meter}");
    }
}

#[test]
fn machine_that_was_lucky_is_told_so_and_never_a_single_thread() {
    let alone = race::meter(Counter::LoadStore, 5, 1, 1000).expect("one");
    assert_eq!(alone.results(), [1000; 5]);
    assert!(alone.to_string().contains("Поток один"), "{alone}");
    // One increment per thread: sooner or later a run in which nothing is lost.
    let deadline = Instant::now() + Duration::from_secs(60);
    let lucky = loop {
        let meter = race::meter(Counter::LoadStore, 1, 2, 1).expect("two");
        if meter.lost() == 0 || Instant::now() > deadline {
            break meter;
        }
    };
    assert!(lucky.to_string().contains("это везение"), "{lucky}");
    assert!(
        lucky.to_string().contains("race::schedules(2, 1)"),
        "{lucky}"
    );
}

#[test]
fn figures_of_a_meter_belong_together() {
    let meter =
        race::meter(Counter::LoadStore, 50, 3, 5000).expect("threads start");
    assert_eq!((meter.expected(), meter.runs()), (15_000, 50));
    assert!(meter.min() <= meter.median() && meter.median() <= meter.max());
    assert!(meter.max() <= meter.expected(), "{meter}");
    let lost: u64 = meter.results().iter().map(|n| 15_000 - n).sum();
    assert_eq!(lost, meter.lost());
}

#[test]
fn meter_fits_a_slide() {
    for counter in [Counter::LoadStore, Counter::Mutex] {
        let meter = race::meter(counter, 200, 5, 1000).expect("threads start");
        let text = meter.to_string();
        assert!(text.lines().count() <= 14, "{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
    }
}

#[test]
fn meter_without_bounds_is_refused_and_names_the_bound() {
    for (runs, threads, increments, bound) in [
        (0, 2, 1000, "от 1 до 10 000"),
        (10_001, 2, 1, "от 1 до 10 000"),
        (10, 0, 1000, "от 1 до 64"),
        (10, 65, 1000, "от 1 до 64"),
        (10, 2, 0, "increments = 0"),
        (1000, 5, 1_000_000, "500 000 000"),
        (10_000, 64, u64::MAX, "500 000 000"),
    ] {
        let error = race::meter(Counter::LoadStore, runs, threads, increments)
            .expect_err(bound);
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(plain(&error).contains(bound), "{error}");
    }
}

#[test]
fn schedule_of_the_lecture_loses_the_first_update() {
    let replay = race::replay("1:load 2:load 1:store 2:store").expect("valid");
    assert_eq!((replay.expected(), replay.result()), (2, 1));
    let [lost] = replay.lost() else {
        panic!("one update is lost: {replay}");
    };
    assert_eq!((lost.thread, lost.stored), (1, 3));
    assert_eq!((lost.overwritten, lost.loaded), (4, 2));
    let text = replay.to_string();
    assert!(text.contains("Ожидали 2, вышло 1"), "{text}");
    assert!(text.contains("его стёр шаг 4, 2:store"), "{text}");
    let steps: Vec<_> = replay
        .steps()
        .iter()
        .map(|step| (step.thread, step.operation, step.value, step.memory))
        .collect();
    let expected = [
        (1, Operation::Load, 0, 0),
        (2, Operation::Load, 0, 0),
        (1, Operation::Store, 1, 1),
        (2, Operation::Store, 1, 1),
    ];
    assert_eq!(steps, expected);
    assert_eq!(replay.steps()[1].registers, [Some(0), Some(0)]);
    assert_eq!(replay.steps()[3].registers, [None, None]);
}

#[test]
fn threads_one_after_another_lose_nothing() {
    let replay = race::replay("7:load 7:store 3:load 3:store 3:load 3:store")
        .expect("valid");
    assert_eq!((replay.expected(), replay.result()), (3, 3));
    assert!(replay.lost().is_empty());
    assert!(
        replay.to_string().contains("ни одно обновление"),
        "{replay}"
    );
}

#[test]
fn one_late_store_erases_everything_since_its_load() {
    let replay = race::replay(
        "1:load 2:load 2:store 2:load 2:store 2:load 2:store 1:store",
    )
    .expect("valid");
    assert_eq!((replay.expected(), replay.result()), (4, 1));
    let by: Vec<_> =
        replay.lost().iter().map(|lost| lost.overwritten).collect();
    assert_eq!(by, [8, 8, 8]);
    assert!(
        replay.to_string().contains("… ещё обновлений: 1"),
        "{replay}"
    );
}

#[test]
fn update_that_comes_back_with_an_old_register_is_not_lost() {
    // 2 erases what 1 has stored, 3 had loaded it and brings it back.
    let replay = race::replay("2:load 1:load 1:store 3:load 2:store 3:store")
        .expect("valid");
    assert_eq!((replay.expected(), replay.result()), (3, 2));
    let lost: Vec<_> = replay.lost().iter().map(|lost| lost.thread).collect();
    assert_eq!(lost, [2], "{replay}");
}

#[test]
fn long_replay_is_cut_and_keeps_its_sentence() {
    let schedule = "1:load 1:store ".repeat(32);
    let replay = race::replay(&schedule).expect("64 steps");
    let text = replay.to_string();
    assert!(text.lines().count() <= 14, "{text}");
    assert!(text.contains("… ещё шагов: 55"), "{text}");
    assert!(text.contains("Ожидали 32, вышло 32"), "{text}");
}

#[test]
fn bad_schedule_names_the_step_and_what_was_possible() {
    for (schedule, step, advice) in [
        ("", "шагов: 0", "1:load 2:load 1:store 2:store"),
        ("1:store", "шаг 1, «1:store»", "возможны: 1:load"),
        (
            "1:load 2:load 1:load 2:store",
            "шаг 3, «1:load»",
            "возможны: 1:store, 2:store",
        ),
        ("1:load 1:sotre", "шаг 2, «1:sotre»", "возможны: 1:store"),
        ("1load", "шаг 1, «1load»", "возможны: 1:load"),
        ("0:load", "шаг 1, «0:load»", "от 1 до 9"),
        ("10:load", "шаг 1, «10:load»", "от 1 до 9"),
        ("1:load\u{1b}", r"«1:load\u{1b}»", "возможны: 1:load"),
        ("1:load 2:load 2:store", "оборвалось", "допишите 1:store"),
    ] {
        let error = race::replay(schedule).expect_err(schedule);
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let text = error.to_string();
        assert!(text.contains(step) && text.contains(advice), "{text}");
    }
    let long = "1:load 1:store ".repeat(33);
    assert!(race::replay(&long).is_err());
}

#[test]
fn every_schedule_is_counted_and_every_example_replays() {
    for (threads, increments, total, outcomes) in [
        (1, 3, 1, vec![(3, 1)]),
        (2, 1, 6, vec![(1, 4), (2, 2)]),
        (2, 2, 70, vec![(2, 32), (3, 32), (4, 6)]),
        (3, 1, 90, vec![(1, 48), (2, 36), (3, 6)]),
        (5, 1, 113_400, vec![]),
        (2, 5, 184_756, vec![]),
    ] {
        let all = race::schedules(threads, increments).expect("not too many");
        assert_eq!(all.total(), total, "{all}");
        let counted: Vec<_> = all
            .outcomes()
            .iter()
            .map(|outcome| (outcome.result, outcome.schedules))
            .collect();
        assert!(outcomes.is_empty() || counted == outcomes, "{all}");
        for outcome in all.outcomes() {
            let replay = race::replay(&outcome.example).expect("an example");
            assert_eq!(replay.result(), outcome.result);
            assert_eq!(replay.expected(), (threads * increments) as u64);
        }
        let text = all.to_string();
        assert!(text.lines().count() <= 14, "{text}");
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
    }
}

#[test]
fn worst_of_many_increments_is_two() {
    let all = race::schedules(2, 5).expect("not too many");
    assert_eq!(all.outcomes()[0].result, 2, "{all}");
    assert!(plain(&all).contains("только 252 из 184 756"), "{all}");
}

#[test]
fn schedules_that_are_too_many_are_refused() {
    for (threads, increments) in
        [(0, 1), (10, 1), (2, 0), (2, 7), (6, 1), (9, usize::MAX)]
    {
        let error = race::schedules(threads, increments).expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
    }
}
