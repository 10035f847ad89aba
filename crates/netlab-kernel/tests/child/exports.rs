//! The names with which the executable comes before the C library.

use std::process::Command;

/// Each of these is defined in `src/child/` on purpose. Anything else would
/// get between a cell and a library without anybody knowing.
const INTENDED: &str = "_exit accept accept4 bind clock_nanosleep close \
    close_range connect dup2 dup3 listen nanosleep netlab_kernel_interrupted \
    netlab_kernel_user_error poll ppoll pthread_create pthread_join read readv \
    recv recvfrom recvmsg select send sendmsg sendto wait4 waitid waitpid write \
    writev";

#[test]
fn only_intended_names_are_exported() {
    let output = Command::new("nm")
        .args(["--dynamic", "--defined-only", "--format=posix"])
        .arg(env!("CARGO_BIN_EXE_netlab-kernel"))
        .output()
        .expect("nm comes with the linker");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut names: Vec<_> = text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    names.sort_unstable();
    let mut intended: Vec<_> = INTENDED.split_whitespace().collect();
    intended.sort_unstable();
    assert_eq!(names, intended);
}
