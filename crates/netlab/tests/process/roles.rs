//! Children that leave their branch, and kernels that are killed: each in a process of
//! its own, which plays the kernel.

use super::*;

/// The variable that tells a child of this binary which part it plays.
const ROLE: &str = "NETLAB_TEST_ROLE";

/// Plays a part in a process of its own and returns what it printed.
fn played(role: &str) -> Output {
    part(role).output().expect("start")
}

/// A command that plays a part.
fn part(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("own path"));
    command
        .args(["--exact", "roles::parts", "--nocapture", "--test-threads=1"])
        .env(ROLE, role)
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    command
}

/// What a careless cell does; the name says what its child does.
#[test]
fn parts() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let result = std::panic::catch_unwind(|| cell(&role));
    // In a notebook the next cell would be read here: by the parent only.
    println!("back: {}", result.is_ok());
}

fn cell(role: &str) -> io::Result<()> {
    let _leash = process::leash(Duration::from_secs(2))?;
    match literal_fork() {
        ForkResult::Child => match role {
            "panics" => panic!("in the child"),
            "fails" => Err(Errno::EIO)?,
            "reads the commands" => {
                let mut line = String::new();
                let count = io::stdin().read_line(&mut line)?;
                process::exit_now(count as i32)
            }
            "outlives" => {
                println!("\npid: {}", getpid());
                forever()
            }
            "multiplies" => loop {
                literal_fork();
            },
            _ => {}
        },
        ForkResult::Parent { child } => {
            // Ended by the leash if need be.
            println!("status: {:?}", waitpid(child, None)?);
        }
    }
    Ok(())
}

#[test]
fn child_that_leaves_its_branch_never_comes_back() {
    let _alone = alone();
    for role in ["falls through", "panics", "fails"] {
        let output = played(role);
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(stdout.matches("back: true").count(), 1, "{role}: {stdout}");
        assert!(!stdout.contains("back: false"), "{role}: {stdout}");
        assert!(stdout.contains(", 70)"), "{role}: {stdout}");
        assert!(stderr.contains("вышел из своей ветки"), "{role}: {stderr}");
    }
}

#[test]
fn child_does_not_read_the_commands_of_the_kernel() {
    let _alone = alone();
    let output = played("reads the commands");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains(", 0)"), "{stdout}");
}

#[test]
fn child_dies_with_a_kernel_that_is_killed() {
    let _alone = alone();
    // What dies without a parent comes to us, so that we can see it dead.
    prctl::set_child_subreaper(true).expect("prctl");
    let mut kernel = part("outlives").spawn().expect("spawn");
    let stdout = kernel.stdout.take().expect("stdout");
    let lines = BufReader::new(stdout).lines().map_while(Result::ok);
    let pid = lines.into_iter().find_map(|line| {
        let (_, pid) = line.split_once("pid: ")?;
        pid.parse().ok().map(Pid::from_raw)
    });
    let pid = pid.expect("the child has started");
    kernel.kill().expect("kill");
    kernel.wait().expect("wait");
    // Its leash would have ended it as well, with another signal.
    let status = waitpid(pid, None).expect("waitpid");
    assert_eq!(status, WaitStatus::Signaled(pid, Signal::SIGKILL, false));
    prctl::set_child_subreaper(false).expect("prctl");
}

#[test]
fn children_that_multiply_are_ended() {
    let _alone = alone();
    let output = played("multiplies");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("back: true"), "{stdout}");
}
