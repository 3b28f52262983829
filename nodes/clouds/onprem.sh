# shellcheck shell=bash
# What the jobs need to know and say on machines of the customer's own. Every cloud's file defines the same functions.
# Nobody but the deployer looks after these machines: what he has to know is in the status file, and he asks over SSH.

cloud_private_ip() { printf '%s\n' "$PRIVATE_ADDRESS"; }

# The customer's disks are the customer's.
cloud_data_disk() { :; }

cloud_announce() { :; }

# Whoever installs this node reads its status file.
cloud_ready() { :; }

# A machine of the customer's own is never switched off from here: it stays as it is, for an operator to look at.
cloud_give_up() { :; }

# The local file is the only request there is; drain.sh looks for it itself.
cloud_drain_requested() { return 1; }

cloud_drain_alive() { :; }

# openvidu-drain waits for the file that drain.sh writes next.
cloud_drain_done() { :; }
