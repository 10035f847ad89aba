//! Loads compiled cells. None is ever unloaded: their threads, their
//! thread-locals and their panic hooks live on.

// `dlopen(3)`.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_void};

use super::{hooks, limits};

/// What `evcxr` calls in a cell: takes the variables, gives them back.
pub(super) type Run = extern "C" fn(*mut c_void) -> *mut c_void;

/// A loaded cell.
pub(super) struct Object(*mut c_void);

/// Loads the shared object at `path`, and the hooks if it brings them.
///
/// # Errors
///
/// In the words of the dynamic linker.
pub(super) fn object(path: &str) -> Result<Object, String> {
    let c_path = CString::new(path).map_err(|error| error.to_string())?;
    let mut handle = open(&c_path);
    if handle.is_null() && limits::lift() {
        handle = open(&c_path);
    }
    if handle.is_null() {
        return Err(format!("can't load {path}: {}", last_error()));
    }
    // SAFETY: the handle is open and stays so.
    unsafe { hooks::look_for(handle, path) };
    Ok(Object(handle))
}

fn open(path: &CStr) -> *mut c_void {
    // SAFETY: the path ends with a zero. Loading runs initialisers of the
    // object; it is a cell, so that is what the user asked for.
    unsafe { libc::dlopen(path.as_ptr(), libc::RTLD_LAZY | libc::RTLD_LOCAL) }
}

impl Object {
    /// Finds the function to run.
    ///
    /// # Errors
    ///
    /// In the words of the dynamic linker.
    pub(super) fn function(&self, name: &str) -> Result<Run, String> {
        let c_name = CString::new(name).map_err(|error| error.to_string())?;
        // SAFETY: the handle is open, the name ends with a zero.
        let address = unsafe { libc::dlsym(self.0, c_name.as_ptr()) };
        if address.is_null() {
            return Err(format!("no function {name}: {}", last_error()));
        }
        // SAFETY: `evcxr` generated the function with this signature.
        Ok(unsafe { std::mem::transmute::<*mut c_void, Run>(address) })
    }
}

fn last_error() -> String {
    // SAFETY: the string is the calling thread's until its next such call.
    unsafe {
        let error = libc::dlerror();
        if error.is_null() {
            return String::new();
        }
        CStr::from_ptr(error).to_string_lossy().into_owned()
    }
}
