pub mod netlab_errors {
    use std::any::type_name;
    use std::error::Error;
    use std::fmt::{Debug, Display};
    use std::mem::transmute;
    type Half = [*const u8; 2];
    const NONE: Half = [std::ptr::null(); 2];
    #[track_caller]
    pub fn tells<E: Into<Box<dyn Error>>>(error: E, place: &str) {
        let error = error.into();
        if !told(&all(&*error), type_name::<E>(), place) {
            std::eprintln!("{error}");
        }
    }
    #[track_caller]
    pub fn tells_display<E: Display>(error: &E, place: &str) -> bool {
        // SAFETY: a reference to a trait object has two halves.
        let display = || unsafe { transmute::<&dyn Display, _>(error) };
        let forms = boxed(error).map_or_else(|| [display(), NONE, NONE], all);
        told(&forms, type_name::<E>(), place)
    }
    #[track_caller]
    pub fn tells_debug<E: Debug>(error: &E, place: &str) -> bool {
        // SAFETY: as above.
        let debug = || unsafe { transmute::<&dyn Debug, _>(error) };
        let forms = boxed(error).map_or_else(|| [NONE, debug(), NONE], all);
        told(&forms, type_name::<E>(), place)
    }
    fn all(error: &dyn Error) -> [Half; 3] {
        // SAFETY: as above; the forms live as long as the error.
        unsafe {
            let error: &'static dyn Error = transmute(error);
            [
                transmute::<&dyn Display, _>(error),
                transmute::<&dyn Debug, _>(error),
                transmute::<&dyn Error, _>(error),
            ]
        }
    }
    // The boxes that do not become a `Box<dyn Error>`.
    fn boxed<E>(error: &E) -> Option<&dyn Error> {
        type Sent = Box<dyn Error + Send>;
        type Shared = Box<dyn Error + Send + Sync>;
        let (name, error) = (type_name::<E>(), std::ptr::from_ref(error));
        // SAFETY: no other type has this name.
        unsafe {
            if name == type_name::<Shared>() {
                return Some(&**error.cast::<Shared>());
            }
            (name == type_name::<Sent>()).then(|| &**error.cast::<Sent>() as _)
        }
    }
    #[track_caller]
    fn told(forms: &[Half; 3], name: &str, place: &str) -> bool {
        type Tell = extern "C" fn(
            *const [Half; 3], *const u8, usize, *const u8, usize,
            *const u8, usize, u32, u32,
        ) -> bool;
        unsafe extern "C" {
            fn dlsym(
                handle: *mut u8,
                name: *const std::ffi::c_char,
            ) -> Option<Tell>;
        }
        let tell = c"netlab_kernel_user_error".as_ptr();
        // SAFETY: the kernel's function has this signature.
        let Some(tell) = (unsafe { dlsym(std::ptr::null_mut(), tell) }) else {
            return false;
        };
        let at = std::panic::Location::caller();
        let file = at.file();
        tell(
            forms, name.as_ptr(), name.len(), place.as_ptr(), place.len(),
            file.as_ptr(), file.len(), at.line(), at.column(),
        )
    }
}
