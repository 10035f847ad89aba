pub fn netlab_tells_display(
    error: &dyn std::fmt::Display,
    name: &str,
    place: &str,
) -> bool {
    netlab_tells_error(unsafe { std::mem::transmute(error) }, true, name, place)
}
pub fn netlab_tells_debug(
    error: &dyn std::fmt::Debug,
    name: &str,
    place: &str,
) -> bool {
    netlab_tells_error(unsafe { std::mem::transmute(error) }, false, name, place)
}
fn netlab_tells_error(
    error: [*const u8; 2],
    display: bool,
    name: &str,
    place: &str,
) -> bool {
    type Tell = extern "C" fn(
        *const u8, *const u8, bool, *const u8, usize, *const u8, usize,
    ) -> bool;
    unsafe extern "C" {
        fn dlsym(
            handle: *mut std::ffi::c_void,
            name: *const std::ffi::c_char,
        ) -> *mut std::ffi::c_void;
    }
    unsafe {
        let tell = c"netlab_kernel_user_error".as_ptr();
        let tell = dlsym(std::ptr::null_mut(), tell);
        if tell.is_null() {
            return false;
        }
        let tell: Tell = std::mem::transmute(tell);
        tell(
            error[0], error[1], display,
            name.as_ptr(), name.len(), place.as_ptr(), place.len(),
        )
    }
}
#[allow(unused_macros)]
macro_rules! eprintln {
    ("{}", $error:ident) => {
        if !crate::netlab_tells_display(
            &$error,
            ::std::any::type_name_of_val(&$error),
            ::std::any::type_name_of_val(&|| ()),
        ) {
            ::std::eprintln!("{}", $error)
        }
    };
    ("{:?}", $error:ident) => {
        if !crate::netlab_tells_debug(
            &$error,
            ::std::any::type_name_of_val(&$error),
            ::std::any::type_name_of_val(&|| ()),
        ) {
            ::std::eprintln!("{:?}", $error)
        }
    };
    ($($anything:tt)*) => { ::std::eprintln!($($anything)*) };
}
