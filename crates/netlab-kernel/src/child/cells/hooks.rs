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
        forms: *const [[*const u8; 2]; 3],
        form: u8,
        take: extern "C" fn(*mut u8, *const u8, usize),
        to: *mut u8,
    ) {
        use std::fmt::{Debug, Display};
        use std::mem::transmute;
        let [display, debug, _] = unsafe { *forms };
        if (if form < 2 { display } else { debug })[0].is_null() {
            return;
        }
        let text = std::panic::catch_unwind(|| unsafe {
            match form {
                0 => format!("{}", transmute::<_, &dyn Display>(display)),
                1 => format!("{:#}", transmute::<_, &dyn Display>(display)),
                2 => format!("{:?}", transmute::<_, &dyn Debug>(debug)),
                _ => format!("{:#?}", transmute::<_, &dyn Debug>(debug)),
            }
        });
        if let Ok(text) = text {
            take(to, text.as_ptr(), text.len());
        }
    }
    #[unsafe(no_mangle)]
    extern "C" fn netlab_hooks_sources(
        forms: *const [[*const u8; 2]; 3],
        take: extern "C" fn(*mut u8, *const u8, usize),
        to: *mut u8,
    ) {
        use std::error::Error;
        let [_, _, error] = unsafe { *forms };
        if error[0].is_null() {
            return;
        }
        let error = unsafe { std::mem::transmute::<_, &dyn Error>(error) };
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            let mut source = error.source();
            while let Some(error) = source {
                let text = error.to_string();
                take(to, text.as_ptr(), text.len());
                source = error.source();
            }
        }));
    }
    #[unsafe(no_mangle)]
    extern "C" fn netlab_hooks_panicking() -> bool {
        std::thread::panicking()
    }
};
