//! What the system refuses, for real: each in a process of its own.

use std::env;
use std::fs::{self, File};
use std::io::{self, ErrorKind};

use netlab::ipc::{self, MECHANISMS, compare};
use netlab::nix::sys::resource::{Resource, setrlimit};
use netlab::nix::unistd::{Uid, geteuid, setuid};

use crate::roles::{copy, play, plays};
use crate::turn;

/// The mechanisms that are refused, by their English names.
fn refused() -> Vec<(&'static str, io::Error)> {
    let measure = |mechanism: &ipc::Mechanism| {
        let error = mechanism.ping_pong(3).err()?;
        Some((mechanism.term, error))
    };
    MECHANISMS.iter().filter_map(measure).collect()
}

fn terms(refused: &[(&'static str, io::Error)]) -> Vec<&'static str> {
    refused.iter().map(|(term, _)| *term).collect()
}

/// A sentence, and not the system's "Too many open files (os error 24)".
#[track_caller]
fn is_a_sentence(error: &io::Error, words: &str) {
    let text = error.to_string();
    assert!(text.contains("система отказала в"), "{text}");
    assert!(text.contains(words), "{text}");
    assert!(!text.contains("os error"), "{text}");
}

const QUEUE: &str = "refused::queue_beyond_the_limit";

#[test]
fn queue_beyond_the_limit() {
    if plays("queue") {
        setrlimit(Resource::RLIMIT_MSGQUEUE, 0, 0).expect("setrlimit");
        let refused = refused();
        assert_eq!(terms(&refused), ["message queue"]);
        is_a_sentence(&refused[0].1, "ulimit -q");

        // The others go on, and the table says why this one does not.
        let table = compare().to_string();
        let row = table.lines().find(|line| line.contains("mq_open"));
        let row = row.expect("the row of the queue");
        assert!(row.starts_with("Очередь сообщений"), "{table}");
        assert_eq!(table.lines().count(), 14, "{table}");
        return;
    }
    let _turn = turn();
    play(copy(QUEUE, "queue"));
}

const DIRECTORY: &str = "refused::missing_temporary_directory";

#[test]
fn missing_temporary_directory() {
    if plays("directory") {
        let refused = refused();
        assert_eq!(
            terms(&refused),
            ["file lock", "FIFO", "memory-mapped file"]
        );
        for (_, error) in &refused {
            assert_eq!(error.kind(), ErrorKind::NotFound);
            is_a_sentence(error, "TMPDIR");
        }
        is_a_sentence(&ipc::unix::by_path().expect_err("no path"), "TMPDIR");
        return;
    }
    let _turn = turn();
    let mut copy = copy(DIRECTORY, "directory");
    copy.env("TMPDIR", env::temp_dir().join("netlab-no-such-directory"));
    play(copy);
}

const LONG: &str = "refused::path_that_is_too_long_for_a_socket";

#[test]
fn path_that_is_too_long_for_a_socket() {
    if plays("long") {
        assert_eq!(terms(&refused()), [""; 0], "only the path of a socket");
        let error = ipc::unix::by_path().expect_err("too long");
        is_a_sentence(&error, "TMPDIR");
        return;
    }
    let _turn = turn();
    let name = format!("netlab-test-{}-{}", std::process::id(), "x".repeat(90));
    let directory = env::temp_dir().join(name);
    fs::create_dir(&directory).expect("make a directory");
    let mut copy = copy(LONG, "long");
    copy.env("TMPDIR", &directory);
    let output = copy.output().expect("start a copy");
    // Fails if something was left in it.
    fs::remove_dir(&directory).expect("an empty directory");
    assert!(output.status.success(), "{output:?}");
}

const DESCRIPTORS: &str = "refused::process_without_descriptors";

#[test]
fn process_without_descriptors() {
    if plays("descriptors") {
        // Numbers of descriptors are given from below; those in use stay.
        setrlimit(Resource::RLIMIT_NOFILE, 64, 64).expect("setrlimit");
        let mut files: Vec<File> =
            std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
        // None at all, and then a few: each mechanism fails at another call.
        for _ in 0..8 {
            for (term, error) in refused() {
                let text = error.to_string();
                assert!(text.contains("дескриптор"), "{term}: {text}");
                assert!(text.contains("ulimit -n"), "{term}: {text}");
            }
            assert!(files.pop().is_some());
        }
        files.truncate(8);
        assert_eq!(terms(&refused()), [""; 0]);
        return;
    }
    let _turn = turn();
    play(copy(DESCRIPTORS, "descriptors"));
}

const PROCESSES: &str = "refused::user_without_processes";

#[test]
fn user_without_processes() {
    if plays("processes") {
        // The limit does not bind the administrator; anybody else it does.
        if geteuid().is_root() {
            setuid(Uid::from_raw(65_534)).expect("setuid");
        }
        setrlimit(Resource::RLIMIT_NPROC, 0, 0).expect("setrlimit");
        let refused = refused();
        assert_eq!(refused.len(), MECHANISMS.len());
        for (_, error) in &refused {
            is_a_sentence(error, "ulimit -u");
        }
        let table = compare().to_string();
        assert!(table.lines().count() <= 14, "{table}");
        assert!(table.lines().all(|it| it.chars().count() <= 80), "{table}");
        return;
    }
    let _turn = turn();
    play(copy(PROCESSES, "processes"));
}
