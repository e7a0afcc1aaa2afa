/** The folded navigation: what is pressed beside it, or Escape, closes it again. */

/** Listens on pages that have a navigation; opening needs no script. */
export function closeMenuBeside(): void {
  const menu = document.querySelector<HTMLDetailsElement>('#menu');
  const links = document.querySelector<HTMLElement>('#menu-links');
  if (!menu || !links) return;
  document.addEventListener('pointerdown', (event) => {
    const on = event.target instanceof Node ? event.target : null;
    if (menu.open && !menu.contains(on) && !links.contains(on)) menu.open = false;
  });
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'Escape' || !menu.open) return;
      event.stopPropagation();
      menu.open = false;
      menu.querySelector('summary')?.focus();
    },
    true,
  );
}
