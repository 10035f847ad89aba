{
    type Report = extern "C" fn(
        *const u8, usize, *const u8, usize, *const u8, usize, u32, u32,
    ) -> bool;
    #[unsafe(no_mangle)]
    extern "C" fn netlab_hooks_install(report: Report) {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let thread = std::thread::current();
            let thread = thread.name().unwrap_or_default();
            let message = panic.payload_as_str().unwrap_or("Box<dyn Any>");
            let (file, line, column) = panic
                .location()
                .map_or(("", 0, 0), |at| (at.file(), at.line(), at.column()));
            let told = report(
                thread.as_ptr(), thread.len(),
                message.as_ptr(), message.len(),
                file.as_ptr(), file.len(), line, column,
            );
            if !told {
                before(panic);
            }
        }));
    }
    #[unsafe(no_mangle)]
    extern "C" fn netlab_hooks_flush() {
        let _ = std::io::Write::flush(&mut std::io::stdout());
    }
    #[unsafe(no_mangle)]
    extern "C" fn netlab_hooks_describe(
        value: *const u8,
        methods: *const u8,
        form: u8,
        take: extern "C" fn(*mut u8, *const u8, usize),
        to: *mut u8,
    ) {
        use std::fmt::{Debug, Display};
        use std::mem::transmute;
        let error = [value, methods];
        let text = unsafe {
            match form {
                0 => format!("{}", transmute::<_, &dyn Display>(error)),
                1 => format!("{:?}", transmute::<_, &dyn Debug>(error)),
                _ => format!("{:#?}", transmute::<_, &dyn Debug>(error)),
            }
        };
        take(to, text.as_ptr(), text.len());
    }
    #[unsafe(no_mangle)]
    extern "C" fn netlab_hooks_sources(
        value: *const u8,
        name: *const u8,
        length: usize,
        take: extern "C" fn(*mut u8, *const u8, usize),
        to: *mut u8,
    ) {
        use std::any::type_name;
        use std::error::Error;
        type Local = Box<dyn Error>;
        type Shared = Box<dyn Error + Send + Sync>;
        let name = unsafe { std::slice::from_raw_parts(name, length) };
        let is = |known: &str| known.as_bytes() == name;
        let error: &dyn Error = unsafe {
            if is(type_name::<std::io::Error>()) {
                &*value.cast::<std::io::Error>()
            } else if is(type_name::<Local>()) {
                &**value.cast::<Local>()
            } else if is(type_name::<Shared>()) {
                &**value.cast::<Shared>()
            } else {
                return;
            }
        };
        let mut source = error.source();
        while let Some(error) = source {
            let text = error.to_string();
            take(to, text.as_ptr(), text.len());
            source = error.source();
        }
    }
    #[unsafe(no_mangle)]
    extern "C" fn netlab_hooks_panicking() -> bool {
        std::thread::panicking()
    }
};
