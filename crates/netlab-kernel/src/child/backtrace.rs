//! The frames of a panic that a person who writes cells wants to see.

// `dladdr(3)`, and the unwinder without a lock.
#![allow(unsafe_code)]

use std::ffi::CStr;

use crate::channel::Frame;

/// How the file of a cell that is loaded begins.
const CELL: &str = "libcode_";

/// More than this nobody reads.
const LONGEST: usize = 30;

/// The calling thread's frames in cells and their dependencies, innermost
/// first, without the machinery below and above them. What stands in a cell
/// outside of functions comes last.
pub(super) fn of_cells() -> Vec<Frame> {
    let mut frames = Vec::new();
    let mut has_panicked = false;
    let mut is_in_cell = false;
    backtrace::trace(|frame| {
        let object = object_of(frame.ip() as usize);
        // Before it comes the hook, which was compiled with the first cell.
        has_panicked |= object.starts_with("libstd-");
        is_in_cell |= has_panicked && object.starts_with(CELL);
        if is_machinery(&object) {
            return true;
        }
        backtrace::resolve_frame(frame, |symbol| {
            let Some(name) = symbol.name() else { return };
            // Without the hash at its end.
            let function = format!("{name:#}");
            let Some(function) = as_written(&function) else {
                return;
            };
            frames.push(Frame {
                function,
                file: symbol
                    .filename()
                    .map(|file| file.display().to_string())
                    .unwrap_or_default(),
                line: symbol.lineno().unwrap_or(0),
            });
        });
        frames.len() < LONGEST
    });
    frames.truncate(LONGEST);
    if is_in_cell {
        frames.push(Frame {
            function: Frame::CELL.to_owned(),
            ..Frame::default()
        });
    }
    frames
}

/// Fills in the return addresses of the calling thread's functions, innermost
/// first; gives how many. For [`in_cells`], if anybody wants to know.
pub(super) fn callers(addresses: &mut [usize]) -> usize {
    let mut depth = 0;
    // SAFETY: the lock that this does without is for platforms whose unwinder
    // is not safe between threads; a signal handler could not wait for it.
    unsafe {
        backtrace::trace_unsynchronized(|frame| {
            if let Some(next) = addresses.get_mut(depth) {
                *next = frame.ip() as usize;
                depth += 1;
            }
            depth < addresses.len()
        });
    }
    depth
}

/// The functions of cells among those with these return addresses, by the
/// names that their authors know. Without those that the compiler has put into
/// others: a cell has no more than the names of its functions.
pub(super) fn in_cells(addresses: &[usize]) -> Vec<String> {
    let mut functions = Vec::new();
    for address in addresses
        .iter()
        .filter(|at| !is_machinery(&object_of(**at)))
    {
        backtrace::resolve(*address as *mut _, |symbol| {
            let Some(name) = symbol.name() else { return };
            let function = format!("{name:#}");
            if function.trim_start_matches('<').starts_with("ctx::") {
                functions.extend(as_written(&function));
            }
        });
    }
    functions
}

/// Whether the calling thread is in a function whose symbol has `name` in it,
/// one that a shared object exports. Allocates nothing.
pub(super) fn is_below(name: &[u8]) -> bool {
    const DEPTH: usize = 32;
    let mut addresses = [0; DEPTH];
    let depth = callers(&mut addresses);
    addresses[..depth].iter().any(|address| {
        // SAFETY: all zeros is a valid `Dl_info`, which the call fills; the
        // name in it lives as long as the shared object, none is ever unloaded.
        let symbol = unsafe {
            let mut info: libc::Dl_info = std::mem::zeroed();
            if libc::dladdr(*address as *const _, &mut info) == 0
                || info.dli_sname.is_null()
            {
                return false;
            }
            CStr::from_ptr(info.dli_sname)
        };
        memchr::memmem::find(symbol.to_bytes(), name).is_some()
    })
}

/// The name of the file that the code at this address was loaded from; empty
/// if it was not loaded.
fn object_of(address: usize) -> String {
    // SAFETY: all zeros is a valid `Dl_info`, which the call fills; the names
    // in it live as long as the shared object, and none is ever unloaded.
    unsafe {
        let mut info: libc::Dl_info = std::mem::zeroed();
        if libc::dladdr(address as *const _, &mut info) == 0
            || info.dli_fname.is_null()
        {
            return String::new();
        }
        let path = CStr::from_ptr(info.dli_fname).to_string_lossy();
        path.rsplit('/').next().unwrap_or_default().to_owned()
    }
}

/// Whether this file is the standard library, the C library or this
/// executable.
fn is_machinery(file: &str) -> bool {
    !file.contains(".so")
        || ["libstd-", "libc.", "ld-"]
            .iter()
            .any(|known| file.starts_with(known))
}

/// The name as the author of the cell knows it; none if the function was put
/// there by the compiler or by `evcxr`.
fn as_written(function: &str) -> Option<String> {
    const ELSEWHERE: [&str; 4] = ["std::", "core::", "alloc::", "__rust"];
    let inner = function.trim_start_matches('<').trim_start_matches("dyn ");
    if ELSEWHERE.iter().any(|start| inner.starts_with(start)) {
        return None;
    }
    // What stands in a cell outside of functions is a closure of this one.
    let Some((_, rest)) = function.split_once("run_user_code_") else {
        let own = function.strip_prefix("ctx::").unwrap_or(function);
        return Some(own.to_owned());
    };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = rest
        .replace("::{closure#0}", "")
        .replace("::{{closure}}", "");
    let own = rest.trim_start_matches("::");
    let machinery = own.is_empty()
        || own.contains(" as core::")
        || own.starts_with("netlab_hooks_");
    (!machinery).then(|| own.to_owned())
}

#[cfg(test)]
mod tests {
    use super::as_written;

    #[test]
    fn names_are_those_of_the_cell() {
        for (name, expected) in [
            ("ctx::inner", Some("inner")),
            ("netlab::server::bind", Some("netlab::server::bind")),
            ("ctx::run_user_code_3", None),
            ("ctx::run_user_code_3::{{closure}}::{{closure}}", None),
            ("ctx::run_user_code_3::{{closure}}::inner", Some("inner")),
            ("core::panicking::panic", None),
            (
                "ctx::run_user_code_1::{{closure}}::netlab_hooks_install",
                None,
            ),
            ("<alloc::boxed::Box<F> as Fn>::call", None),
        ] {
            assert_eq!(as_written(name).as_deref(), expected);
        }
    }
}
