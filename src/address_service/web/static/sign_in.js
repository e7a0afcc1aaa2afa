// What stood after # (an address, a view) survives the sign-in.
document.getElementById('sign-in').action += location.hash;
