// What is typed and not sent, kept for this tab: it survives a reload and a sign-in that has run out.
const key = (field) => `aspa-draft-${document.body.dataset.agent}-${field.id}`;

export function keepDraft(field) {
  if (field.value) sessionStorage.setItem(key(field), field.value);
  else sessionStorage.removeItem(key(field));
}

export function restoreDraft(field) {
  if (field && !field.value) field.value = sessionStorage.getItem(key(field)) ?? "";
}

export function forgetDraft(field) { sessionStorage.removeItem(key(field)); }

export function forgetDrafts() {
  for (const name of Object.keys(sessionStorage)) if (name.startsWith("aspa-draft-")) sessionStorage.removeItem(name);
}
