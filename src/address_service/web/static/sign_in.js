// What stood after # (an address, a view) survives the sign-in.
document.querySelectorAll('form.sign-in').forEach(function (form) { form.action += location.hash; });
