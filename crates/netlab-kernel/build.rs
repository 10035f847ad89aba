//! Makes the functions that cells look up by name visible to `dlsym(3)`.
//!
//! The interposed functions of the C library need no word: the linker exports
//! them because `libc.so` defines the same names. These it would leave out.

fn main() {
    for name in ["netlab_kernel_interrupted", "netlab_kernel_user_error"] {
        println!(
            "cargo::rustc-link-arg-bins=-Wl,--export-dynamic-symbol={name}"
        );
    }
    println!("cargo::rerun-if-changed=build.rs");
}
