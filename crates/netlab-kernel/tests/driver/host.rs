//! Loads cells and hands the store of the variables from one to the next.

use std::ffi::{CStr, CString, c_char, c_int, c_void};

unsafe extern "C" {
    fn dlopen(file: *const c_char, flags: c_int) -> *mut c_void;
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn dlerror() -> *const c_char;
}

fn main() {
    let mut store = std::ptr::null_mut();
    for file in std::env::args().skip(1) {
        let file = CString::new(file).unwrap();
        // SAFETY: the file is a cell, and this is the function of every cell.
        unsafe {
            let library = dlopen(file.as_ptr(), 2);
            if library.is_null() {
                panic!("{:?}", CStr::from_ptr(dlerror()));
            }
            let run = dlsym(library, c"run_user_code_1".as_ptr());
            assert!(!run.is_null());
            let run: extern "C" fn(*mut c_void) -> *mut c_void =
                std::mem::transmute(run);
            store = run(store);
        }
    }
}
