//! Fatal signals: one last message, then the signal does what it does.

// Signal handlers and their stacks.
#![allow(unsafe_code)]

use std::ffi::{c_int, c_void};
use std::io::Write;
use std::ptr::null_mut;

use super::{report, state};
use crate::channel::raw_json_header;

/// What ends the process unless a cell handles it.
const FATAL: [c_int; 5] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGILL,
    libc::SIGFPE,
    libc::SIGABRT,
];

/// Room for one handler and the frame of the kernel.
const STACK: usize = 12 * 1024;

/// Installs the handlers. The thread that runs the cells has a stack for them
/// already: the standard library of this executable made one.
pub(super) fn install() {
    for signal in FATAL {
        // SAFETY: all zeros is a valid `sigaction` with an empty mask.
        let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
        action.sa_sigaction = last_words as *const () as usize;
        action.sa_flags =
            libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESETHAND;
        // SAFETY: the struct lives until the call returns, and the handler
        // calls nothing that a handler must not call.
        unsafe { libc::sigaction(signal, &action, null_mut()) };
    }
}

/// Runs `work` with a stack for handlers: on an overflow there is no other.
/// It lies at the base of the thread's own stack, far from the overflow.
pub(super) fn with_stack_for_handlers<R>(work: impl FnOnce() -> R) -> R {
    let mut bytes = [const { std::mem::MaybeUninit::<u8>::uninit() }; STACK];
    let mut stack = libc::stack_t {
        ss_sp: bytes.as_mut_ptr().cast(),
        ss_flags: 0,
        ss_size: STACK,
    };
    // SAFETY: the bytes stay in place until the stack is given up below.
    unsafe { libc::sigaltstack(&stack, null_mut()) };
    let result = work();
    stack.ss_flags = libc::SS_DISABLE;
    // SAFETY: the struct lives until the call returns.
    unsafe { libc::sigaltstack(&stack, null_mut()) };
    result
}

extern "C" fn last_words(
    signal: c_int,
    info: *mut libc::siginfo_t,
    context: *mut c_void,
) {
    let mut name = [0_u8; 16];
    // SAFETY: the kernel writes at most 16 bytes, a zero at their end.
    unsafe { libc::prctl(libc::PR_GET_NAME, name.as_mut_ptr()) };
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    let name = str::from_utf8(name).unwrap_or_default();
    let name = match name {
        _ if state::is_main() => "main",
        name if name.contains(['"', '\\']) => "",
        name => name,
    };
    let overflow = signal == libc::SIGSEGV
        // SAFETY: both come from the kernel, for an action with SA_SIGINFO.
        && unsafe { is_near_stack((*info).si_addr() as usize, context) };
    let cell = state::output_cell();

    // By hand, since a handler must not allocate.
    let mut bytes = [0_u8; 256];
    let mut rest = &mut bytes[..];
    let _ = write!(
        rest,
        r#"{{"Crashed":{{"cell":{cell},"signal":{signal},"thread":"{name}","overflow":{overflow}}}}}"#
    );
    let length = 256 - rest.len();
    report::flush_in_handler();
    report::packet(&raw_json_header(), &bytes[..length]);
    // SAFETY: SA_RESETHAND has restored the default action; the signal comes
    // when this handler returns.
    unsafe { libc::raise(signal) };
}

/// Whether `address` is where the stack of the interrupted code would grow.
///
/// # Safety
///
/// `context` is what the kernel gave to a handler.
unsafe fn is_near_stack(address: usize, context: *mut c_void) -> bool {
    const NEAR: usize = 64 * 1024;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: see above.
    let top = unsafe {
        (*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs
            [libc::REG_RSP as usize] as usize
    };
    #[cfg(target_arch = "aarch64")]
    // SAFETY: see above.
    let top = unsafe {
        (*context.cast::<libc::ucontext_t>()).uc_mcontext.sp as usize
    };
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let top = {
        let _ = context;
        usize::MAX
    };
    address.abs_diff(top) < NEAR
}
