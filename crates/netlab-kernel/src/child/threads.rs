//! The threads that cells start: each belongs to the cell that started it.

// Defines `pthread_create(3)` anew and calls what it was given.
#![allow(unsafe_code)]

use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use libc::{pid_t, pthread_attr_t, pthread_t};

use super::real::{self, Start};
use super::{crash, joined, state};

/// The living threads of cells, and the cell of each.
static BORN: LazyLock<Mutex<HashMap<pid_t, u64>>> =
    LazyLock::new(Mutex::default);

struct Birth {
    start: Start,
    argument: *mut c_void,
    cell: u64,
    /// Whether the stack has room for the one of the signal handlers.
    roomy: bool,
}

/// A stack that is smaller is left to the thread alone.
const ROOMY: usize = 128 * 1024;

/// Adds the thread that runs the cells.
pub(super) fn add_self(cell: u64) {
    born().insert(real::thread_id(), cell);
}

/// The threads that belong to `cell`.
pub(super) fn of(cell: u64) -> Vec<pid_t> {
    born()
        .iter()
        .filter_map(|(thread, born)| (*born == cell).then_some(*thread))
        .collect()
}

fn born() -> MutexGuard<'static, HashMap<pid_t, u64>> {
    BORN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Interposed: the new thread inherits the cell of its creator.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_create(
    thread: *mut pthread_t,
    attr: *const pthread_attr_t,
    start: Start,
    argument: *mut c_void,
) -> c_int {
    let cell = state::birth_cell();
    if cell == 0 || !state::active() {
        // SAFETY: the arguments are the caller's own.
        return unsafe { real::pthread_create(thread, attr, start, argument) };
    }
    let birth = Box::into_raw(Box::new(Birth {
        start,
        argument,
        cell,
        // SAFETY: `attr` is the caller's own.
        roomy: unsafe { is_roomy(attr) },
    }));
    // SAFETY: as above; the thread takes the box.
    let error =
        unsafe { real::pthread_create(thread, attr, begin, birth.cast()) };
    if error != 0 {
        // SAFETY: there is no thread that could take it.
        drop(unsafe { Box::from_raw(birth) });
    }
    error
}

/// The first function of a cell's thread.
extern "C" fn begin(birth: *mut c_void) -> *mut c_void {
    // SAFETY: `pthread_create` above made the box for this thread alone.
    let birth = unsafe { Box::from_raw(birth.cast::<Birth>()) };
    let Birth {
        start,
        argument,
        cell,
        roomy,
    } = *birth;
    state::set_birth_cell(cell);
    joined::begins();
    let id = real::thread_id();
    born().insert(id, cell);
    let result = if roomy {
        crash::with_stack_for_handlers(|| start(argument))
    } else {
        start(argument)
    };
    // A thread that ends by `pthread_exit` stays in the list; a signal to it
    // fails, or reaches a later thread of ours, and does nothing there.
    born().remove(&id);
    result
}

/// # Safety
///
/// `attr` is null or an initialised attribute object.
unsafe fn is_roomy(attr: *const pthread_attr_t) -> bool {
    let mut size = 0;
    // SAFETY: see above.
    attr.is_null()
        || unsafe { libc::pthread_attr_getstacksize(attr, &mut size) } != 0
        || size >= ROOMY
}
