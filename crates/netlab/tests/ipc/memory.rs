//! The mapping: shared with children, and refused where it must be.

use std::fs::File;
use std::io::ErrorKind;
use std::sync::atomic::Ordering;
use std::time::Duration;

use netlab::ipc::shared_memory::{Mapping, nameless};
use netlab::process::in_child;

use crate::turn;

#[test]
fn four_children_count_in_shared_memory_and_not_in_their_own() {
    let _turn = turn();
    let shared =
        Mapping::of_file(&nameless().expect("memory"), 1).expect("mapping");
    let mut own = 0;
    let children = [(); 4].map(|()| {
        let count = || {
            for _ in 0..1000 {
                shared[0].fetch_add(1, Ordering::Relaxed);
                own += 1;
            }
            assert_eq!(own, 1000);
            Ok(())
        };
        in_child(Duration::from_secs(10), count).expect("fork")
    });
    for child in children {
        child.wait().expect("counted");
    }
    assert_eq!(shared[0].load(Ordering::Relaxed), 4000);
    assert_eq!(own, 0);
}

#[test]
fn file_that_cannot_be_written_is_refused_with_a_sentence() {
    let file = File::open("/proc/self/exe").expect("open");
    let error = Mapping::of_file(&file, 1).expect_err("read only");
    let text = error.to_string();
    assert!(text.contains("система отказала в"), "{text}");
    let error = Mapping::of_file(&file, 0).expect_err("nothing");
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}
