# Amounts as people write them.
package lib.show

# CPU in millicores, everything else as bytes.
amount("cpu_m", value) := sprintf("%dm", [value])

amount(field, value) := bytes(value) if field != "cpu_m"

# Rounded up to the largest unit that shows at least three digits' worth.
bytes(value) := sprintf("%dGi", [ceil(value / 1073741824)]) if value >= 107374182400

bytes(value) := sprintf("%dMi", [ceil(value / 1048576)]) if value < 107374182400
