//! One table of keys per section. `section!` makes the struct, its defaults, its reader and its documentation from it,
//! so a new key is one new entry and nothing else.

/// ```text
/// section! {
///     /// What the section is about.
///     pub struct Hub {
///         /// What the key means.
///         listen: SocketAddr = local(8081), env "OTHER_NAME";
///     }
/// }
/// ```
/// What follows the default are calls of the methods of [`crate::key::Key`]. `pub struct Hub with field: Section` has the
/// keys of another section among its own.
macro_rules! section {
    ($(
        $(#[doc = $about:literal])+
        pub struct $name:ident $(with $flat:ident: $flat_type:ty)? {
            $(
                $(#[doc = $doc:literal])+
                $field:ident: $type:ty = $default:expr $(, $option:ident $($argument:literal)?)*;
            )*
        }
    )+) => {$(
        $(#[doc = $about])+
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $(
                $(#[doc = $doc])+
                pub $field: $type,
            )*
            $(pub $flat: $flat_type,)?
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* $($flat: <$flat_type>::default(),)? }
            }
        }

        impl $crate::reader::Section for $name {
            const ABOUT: &'static str = concat!($($about),+);

            fn keys() -> Vec<$crate::key::Key> {
                #[allow(unused_mut)]
                let mut keys = vec![$(
                    $crate::key::Key::new::<$type>(stringify!($field), concat!($($doc),+), &$default)
                        $(.$option($($argument)?))*,
                )*];
                $(keys.extend(<$flat_type as $crate::reader::Section>::keys());)?
                keys
            }

            fn take(fields: &mut $crate::reader::Fields<'_, '_>) -> Self {
                Self {
                    $($field: fields.take(stringify!($field), || $default),)*
                    $($flat: <$flat_type as $crate::reader::Section>::take(fields),)?
                }
            }
        }
    )+};
}

pub(crate) use section;
