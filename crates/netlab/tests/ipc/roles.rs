//! Parts that a copy of this binary plays, in a process of its own: for what
//! holds for a whole process, such as a limit, and for being killed.

use std::env;
use std::process::{Command, Stdio};

/// The variable that tells a copy which part it plays.
const ROLE: &str = "NETLAB_TEST_ROLE";

/// Whether this process is the copy that plays this part.
pub(crate) fn plays(role: &str) -> bool {
    env::var(ROLE).is_ok_and(|given| given == role)
}

/// A command that runs one test of this binary in a process of its own.
pub(crate) fn copy(test: &str, role: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("own path"));
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(ROLE, role)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs a copy to its end; its failure is the failure of the test.
#[track_caller]
pub(crate) fn play(mut command: Command) {
    let output = command.output().expect("start a copy");
    assert!(
        output.status.success(),
        "{}\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}
