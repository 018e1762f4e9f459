// Command k8syaml answers how Kubernetes reads YAML. It takes one JSON text a line and prints,
// for each, one JSON line: {"value": ...} as read by sigs.k8s.io/yaml, or {"error": "..."},
// and "strict": false where the strict reader, which refuses duplicate keys, would not take it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

type answer struct {
	Value  json.RawMessage `json:"value,omitempty"`
	Error  string          `json:"error,omitempty"`
	Strict bool            `json:"strict"`
}

func read(text string) answer {
	value, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return answer{Error: err.Error()}
	}
	_, err = yaml.YAMLToJSONStrict([]byte(text))
	return answer{Value: value, Strict: err == nil}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		var text string
		if err := json.Unmarshal(lines.Bytes(), &text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		line, err := json.Marshal(read(text))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Fprintf(out, "%s\n", line)
		out.Flush()
	}
}
