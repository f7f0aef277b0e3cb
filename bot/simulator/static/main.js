// Starts the page: the pieces know nothing of each other but the page they share.
import { startPhones } from "./phone.js";
import { startLive } from "./live.js";
import { startWire } from "./wire.js";
import { startFaults } from "./faults.js";

startPhones();
startWire();
startFaults();
startLive();
