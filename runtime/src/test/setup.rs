//! The option `setup`: a function that runs before the body of a test.

use std::{
    fmt::{self, Debug},
    marker::PhantomData,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::Arc,
};

use futures_util::FutureExt as _;
use object_store::ObjectStore;

use super::words;
use crate::{FromBucket, TestBucket, parameters::BoxError};

/// A function that the option `setup` may name. `P` tells its parameters.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the `setup` of a test",
    label = "this is no function that sets up a test",
    note = "a set-up is an `async fn` with one to three parameters that are made from the bucket, such as `bucket: &TestBucket`, and it returns nothing or a `Result<(), E>` with `E: Debug`"
)]
pub trait SetUp<P> {
    /// Makes the parameters and calls the function.
    fn run(self, bucket: &TestBucket) -> impl Future<Output = Result<(), Failed>>;
}

/// Why a set-up did not succeed.
#[doc(hidden)]
#[derive(Debug)]
pub enum Failed {
    /// It returned this error.
    Returned(String),
    /// A parameter could not be made.
    Parameter(BoxError),
}

/// The value that a set-up returns.
#[doc(hidden)]
pub trait Returned {
    /// Turns it into a result.
    fn result(self) -> Result<(), Failed>;
}

impl Returned for () {
    fn result(self) -> Result<(), Failed> {
        Ok(())
    }
}

impl<E: Debug> Returned for Result<(), E> {
    fn result(self) -> Result<(), Failed> {
        self.map_err(|error| Failed::Returned(format!("{error:?}")))
    }
}

/// Marks a parameter that the function owns.
#[doc(hidden)]
#[derive(Debug)]
pub struct Owned<T>(PhantomData<T>);

/// Marks a parameter that is lent to the function.
#[doc(hidden)]
#[derive(Debug)]
pub struct Lent<T: ?Sized>(PhantomData<T>);

/// A type of which a reference can be a parameter.
#[doc(hidden)]
pub trait Lend {
    /// The type that is made.
    type Owner: FromBucket;

    /// Lends it.
    fn lend(owner: &Self::Owner) -> &Self;
}

impl<T: FromBucket> Lend for T {
    type Owner = T;

    fn lend(owner: &T) -> &T {
        owner
    }
}

impl Lend for dyn ObjectStore {
    type Owner = Arc<dyn ObjectStore>;

    fn lend(owner: &Arc<dyn ObjectStore>) -> &Self {
        &**owner
    }
}

/// Implements [`SetUp`] for functions with these parameters: `own A a`, or `lend A a`.
macro_rules! set_up {
    (@ ($($marker:ty,)*) ($($argument:ty,)*) ($($generic:ident: ($($bound:tt)*),)*) ($($local:ident: $made:ty => $pass:expr,)*)) => {
        impl<F, O, $($generic: $($bound)*),*> SetUp<($($marker,)*)> for F
        where
            F: AsyncFnOnce($($argument),*) -> O,
            O: Returned,
        {
            async fn run(self, bucket: &TestBucket) -> Result<(), Failed> {
                $(let $local = made::<$made>(bucket).await?;)*
                self($($pass),*).await.result()
            }
        }
    };
    (@ ($($marker:tt)*) ($($argument:tt)*) ($($generic:tt)*) ($($local:tt)*) own $ty:ident $name:ident $($rest:tt)*) => {
        set_up! {
            @ ($($marker)* Owned<$ty>,) ($($argument)* $ty,) ($($generic)* $ty: (FromBucket),)
            ($($local)* $name: $ty => $name,) $($rest)*
        }
    };
    (@ ($($marker:tt)*) ($($argument:tt)*) ($($generic:tt)*) ($($local:tt)*) lend $ty:ident $name:ident $($rest:tt)*) => {
        set_up! {
            @ ($($marker)* Lent<$ty>,) ($($argument)* &$ty,) ($($generic)* $ty: (Lend + ?Sized),)
            ($($local)* $name: <$ty as Lend>::Owner => $ty::lend(&$name),) $($rest)*
        }
    };
    ($(($($parameter:tt)*))*) => {
        $(set_up! { @ () () () () $($parameter)* })*
    };
}

set_up! {
    (own A a)
    (lend A a)
    (own A a own B b)
    (own A a lend B b)
    (lend A a own B b)
    (lend A a lend B b)
    (own A a own B b own C c)
    (own A a own B b lend C c)
    (own A a lend B b own C c)
    (own A a lend B b lend C c)
    (lend A a own B b own C c)
    (lend A a own B b lend C c)
    (lend A a lend B b own C c)
    (lend A a lend B b lend C c)
}

async fn made<T: FromBucket>(bucket: &TestBucket) -> Result<T, Failed> {
    T::from_bucket(bucket).await.map_err(Failed::Parameter)
}

/// The message of a set-up that did not succeed. It takes the way of the errors of parameters.
#[derive(Debug)]
pub(crate) struct SetUpFailed(String);

impl fmt::Display for SetUpFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SetUpFailed {}

/// Runs the set-up called `name`. The bucket is reached without the gateway, which notes what the body sends.
#[doc(hidden)]
pub fn set_up<'a, P, F: SetUp<P> + 'a>(
    function: F,
    name: &'static str,
    bucket: &'a TestBucket,
) -> Pin<Box<dyn Future<Output = Result<(), BoxError>> + 'a>> {
    Box::pin(async move {
        let bucket = bucket.clone().through(None);
        let outcome = AssertUnwindSafe(function.run(&bucket)).catch_unwind().await;
        let problem = match outcome {
            Ok(Ok(())) => return Ok(()),
            Ok(Err(Failed::Returned(error))) => format!("failed: {error}. Correct it"),
            Ok(Err(Failed::Parameter(error))) => format!(
                "did not run, because a parameter of it could not be made from the bucket: {error}. Correct the \
                 `FromBucket` implementation of its type"
            ),
            Err(payload) => format!(
                "panicked: {}. Correct it",
                words(&*payload).unwrap_or("its message is no text")
            ),
        };
        Err(SetUpFailed(format!(
            "the set-up `{name}` of the test {problem}; the test's body did not run."
        ))
        .into())
    })
}
