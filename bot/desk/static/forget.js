// After signing out nothing that was typed stays in this tab; the next person may be another.
import { forgetDrafts } from "./drafts.js";

if (document.getElementById("signed-out")) forgetDrafts();
