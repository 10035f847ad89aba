//! What has to be done inside the standard library of the cells.
//!
//! Cells share one `libstd.so`; this executable has a copy of its own, whose
//! panic hook and standard output are others. So one cell that the front end
//! runs first, unseen, brings three functions, and the child calls them here.

// Functions of a shared object, and strings that come from there.
#![allow(unsafe_code)]

use std::cell::Cell;
use std::ffi::{CStr, c_void};
use std::mem::transmute;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{
    backtrace, failed_call, flush, joined, print, quiet, report, state, taken,
};
use crate::channel::{ErrorReport, FromChild, PanicReport};

type Report = extern "C" fn(
    *const u8,
    usize,
    *const u8,
    usize,
    *const u8,
    usize,
    u32,
    u32,
) -> bool;

type Take = extern "C" fn(*mut Option<String>, *const u8, usize);

/// The two halves of a `&dyn Display`, a `&dyn Debug` and a `&dyn Error` of the
/// same value; null where its type is none of that. Only code of the cells' own
/// compiler may put them together.
type Forms = [[*const u8; 2]; 3];

/// Hands over one form of an error: `{}`, `{:#}`, `{:?}`, `{:#?}`; nothing if
/// there is none, or if the code that makes it panics.
type Describe = extern "C" fn(*const Forms, u8, Take, *mut Option<String>);

type TakeSource = extern "C" fn(*mut Vec<String>, *const u8, usize);

/// Takes an error; hands over what lies behind it.
type Sources = extern "C" fn(*const Forms, TakeSource, *mut Vec<String>);

/// The functions of the cell `cells/hooks.rs`.
struct Hooks {
    flush: extern "C" fn(),
    describe: Describe,
    sources: Sources,
    panicking: extern "C" fn() -> bool,
}

static HOOKS: OnceLock<Hooks> = OnceLock::new();

/// Errors that were reported and whose marker line has not come yet.
static USER_ERRORS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static LEAVING: Cell<bool> = const { Cell::new(false) };
}

/// Takes the hooks out of a shared object that was just loaded, once.
///
/// # Safety
///
/// `object` is a handle of `dlopen` that is never closed.
pub(super) unsafe fn look_for(object: *mut c_void, path: &str) {
    if installed() {
        return;
    }
    let symbol = |name: &CStr| {
        // SAFETY: the handle is open, the name ends with a zero.
        let address = unsafe { libc::dlsym(object, name.as_ptr()) };
        (!address.is_null()).then_some(address)
    };
    let (
        Some(install),
        Some(flush),
        Some(describe),
        Some(sources),
        Some(panicking),
    ) = (
        symbol(c"netlab_hooks_install"),
        symbol(c"netlab_hooks_flush"),
        symbol(c"netlab_hooks_describe"),
        symbol(c"netlab_hooks_sources"),
        symbol(c"netlab_hooks_panicking"),
    )
    else {
        return;
    };
    // SAFETY: the names are ours, the text of the cell gives the signatures.
    let (install, hooks) = unsafe {
        let install: extern "C" fn(Report) = transmute(install);
        let hooks = Hooks {
            flush: transmute::<*mut c_void, extern "C" fn()>(flush),
            describe: transmute::<*mut c_void, Describe>(describe),
            sources: transmute::<*mut c_void, Sources>(sources),
            panicking: transmute::<*mut c_void, extern "C" fn() -> bool>(
                panicking,
            ),
        };
        (install, hooks)
    };
    if HOOKS.set(hooks).is_ok() {
        install(report_panic);
        quiet::threads(flush::start);
        report::message(&FromChild::HooksLoaded { path: path.into() });
    }
}

pub(super) fn installed() -> bool {
    HOOKS.get().is_some()
}

/// Whether the calling thread of a cell unwinds.
pub(super) fn panicking() -> bool {
    HOOKS.get().is_some_and(|hooks| (hooks.panicking)())
}

/// Flushes the standard output of the cells. Waits while a thread locks it.
pub(super) fn flush_stdout() {
    if let Some(hooks) = HOOKS.get() {
        (hooks.flush)();
    }
}

/// Whether the calling thread is on its way out of the cell: it panicked, or
/// `?` left the cell. What it prints then, `evcxr` has to see.
pub(super) fn is_leaving() -> bool {
    LEAVING.get()
}

/// Says that a new run begins in the calling thread.
pub(super) fn enter_run() {
    failed_call::forget();
    LEAVING.set(false);
    USER_ERRORS.store(0, Ordering::SeqCst);
}

/// Whether the marker of a failed `?` is one of `evcxr`: the prelude has told
/// of an error, or the thread has printed one just before.
pub(super) fn take_user_error() -> bool {
    let told = USER_ERRORS
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |errors| {
            errors.checked_sub(1)
        })
        .is_ok();
    told || print::follows_stderr() || !state::active()
}

/// Called by the panic hook, in the thread that panics. False makes the
/// standard library's own hook print.
extern "C" fn report_panic(
    thread: *const u8,
    thread_length: usize,
    message: *const u8,
    message_length: usize,
    file: *const u8,
    file_length: usize,
    line: u32,
    column: u32,
) -> bool {
    if report::channel() < 0 {
        return false;
    }
    LEAVING.set(true);
    // SAFETY: the hook passes three strings, which live until this returns.
    let (thread, message, file) = unsafe {
        (
            text(thread, thread_length),
            text(message, message_length),
            text(file, file_length),
        )
    };
    report::message(&FromChild::Panic {
        cell: state::output_cell(),
        report: PanicReport {
            thread: if state::is_main() {
                "main".into()
            } else {
                thread
            },
            main: state::is_main(),
            taken: taken::address(&message),
            message: joined::panics(message),
            file,
            line,
            column,
            frames: backtrace::of_cells(),
        },
    });
    true
}

/// Called by the prelude where a cell prints one value alone.
/// `place` tells whether that is how `evcxr` prints the error of a failed `?`,
/// file, line and column say where that stands; false makes the cell print it.
#[unsafe(no_mangle)]
extern "C" fn netlab_kernel_user_error(
    forms: *const Forms,
    type_name: *const u8,
    type_name_length: usize,
    place: *const u8,
    place_length: usize,
    file: *const u8,
    file_length: usize,
    line: u32,
    column: u32,
) -> bool {
    // SAFETY: the prelude passes three strings, which live until this returns.
    let (type_name, place, file) = unsafe {
        (
            text(type_name, type_name_length),
            text(place, place_length),
            text(file, file_length),
        )
    };
    let Some(hooks) = HOOKS.get() else {
        return false;
    };
    if report::channel() < 0 || !place.contains("EvcxrUserCodeError") {
        return false;
    }
    let form = |number: u8| {
        extern "C" fn take(
            to: *mut Option<String>,
            bytes: *const u8,
            length: usize,
        ) {
            // SAFETY: `to` is the form below, the bytes are a string of the
            // hooks.
            unsafe { *to = Some(text(bytes, length)) };
        }
        let mut form = None;
        (hooks.describe)(forms, number, take, &mut form);
        form
    };
    let (display, debug) = (form(0), form(2));
    if display.is_none() && debug.is_none() {
        return false;
    }
    let mut sources = Vec::new();
    extern "C" fn take(to: *mut Vec<String>, bytes: *const u8, length: usize) {
        // SAFETY: `to` is the list above, the bytes are a string of the hooks.
        unsafe { (*to).push(text(bytes, length)) };
    }
    (hooks.sources)(forms, take, &mut sources);
    let said = [display.as_deref(), debug.as_deref()];
    let said = said.into_iter().flatten().collect::<Vec<_>>().join("\n");
    let said = [said, sources.join("\n")].join("\n");
    let pretty = debug.as_ref().and_then(|_| form(3)).unwrap_or_default();
    let [debug, pretty] = joined::told([debug.unwrap_or_default(), pretty]);
    let report = ErrorReport {
        file,
        line,
        column,
        call: failed_call::behind(&said),
        taken: taken::address(&said),
        sources,
        long: form(1).filter(|long| display.as_ref() != Some(long)),
        pretty,
        type_name,
        display,
        debug,
    };
    LEAVING.set(true);
    USER_ERRORS.fetch_add(1, Ordering::SeqCst);
    let cell = state::output_cell();
    report::message(&FromChild::UserError { cell, report });
    true
}

/// Whether the cell of the calling thread is being interrupted. For code that
/// waits where no blocking call can be cancelled, such as a tokio runtime.
#[unsafe(no_mangle)]
extern "C" fn netlab_kernel_interrupted() -> bool {
    state::is_interrupted()
}

/// # Safety
///
/// `bytes` points to `length` bytes.
unsafe fn text(bytes: *const u8, length: usize) -> String {
    // SAFETY: see above.
    let bytes = unsafe { std::slice::from_raw_parts(bytes, length) };
    String::from_utf8_lossy(bytes).into_owned()
}
