#[allow(unused_macros)]
macro_rules! eprintln {
    ("{error}", $error:ident) => {
        crate::netlab_errors::tells(
            $error, ::std::any::type_name_of_val(&|| ()),
        )
    };
    ("{}", $error:ident) => {
        if !crate::netlab_errors::tells_display(
            &$error, ::std::any::type_name_of_val(&|| ()),
        ) {
            ::std::eprintln!("{}", $error)
        }
    };
    ("{:?}", $error:ident) => {
        if !crate::netlab_errors::tells_debug(
            &$error, ::std::any::type_name_of_val(&|| ()),
        ) {
            ::std::eprintln!("{:?}", $error)
        }
    };
    ($($anything:tt)*) => { ::std::eprintln!($($anything)*) };
}
