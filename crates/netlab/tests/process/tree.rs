//! The tree of processes.

use super::*;

#[test]
fn tree_shows_children_zombies_and_listeners() {
    let _alone = alone();
    let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
    let addr = listener.local_addr().expect("address");
    let ended = process::in_child(WATCHDOG, || Ok(())).expect("child");
    let running = process::in_child(WATCHDOG, || forever()).expect("child");
    let deadline = Instant::now() + WATCHDOG;
    while ended.is_running() {
        assert!(Instant::now() < deadline);
        thread::yield_now();
    }
    let tree = process::tree().expect("tree");
    assert_eq!((tree.len(), tree.zombies()), (3, 1), "{tree}");
    assert_eq!(tree.processes[0].pid, getpid());
    assert!(tree.processes[0].listening.contains(&addr), "{tree}");
    let row = |pid| {
        let mut rows = tree.processes.iter();
        rows.find(|row| row.pid == pid).expect("in the tree")
    };
    assert!(row(ended.pid()).zombie);
    assert_eq!(row(ended.pid()).state, "зомби");
    assert!(row(running.pid()).listening.contains(&addr), "inherited");
    let text = tree.to_string();
    assert!(text.ends_with("процессов: 3, зомби: 1"), "{text}");
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );

    ended.wait().expect("success");
    drop(running);
    assert_eq!(children(), 0);
    assert!(
        ProcessTree::of(Pid::from_raw(i32::MAX))
            .expect("none")
            .is_empty()
    );
}

#[test]
fn long_tree_is_cut_and_says_so() {
    let _alone = alone();
    let children: Vec<_> = (0..20)
        .map(|_| process::in_child(WATCHDOG, || forever()).expect("child"))
        .collect();
    let tree = process::tree().expect("tree");
    let text = tree.to_string();
    assert_eq!(text.lines().count(), 14, "{text}");
    assert!(text.contains("… ещё 9\nпроцессов: 21, зомби: 0"), "{text}");
    drop(children);
}
