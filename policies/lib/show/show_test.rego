package lib.show_test

import data.lib.show

test_amounts if {
	show.amount("cpu_m", 1500) == "1500m"
	show.amount("memory_bytes", 134217729) == "129Mi"
	show.amount("storage_bytes", 214748364800) == "200Gi"
}
