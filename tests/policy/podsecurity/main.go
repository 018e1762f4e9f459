// Command podsecurity answers what the admission of Kubernetes' API server says of a pod. It takes one pod as JSON a
// line and prints, for each, one JSON line: by minor version the checks that it fails, and the levels that refuse it.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

var minors = []int{34, 35, 36, 37}

type answer struct {
	Checks  []string `json:"checks"`
	Refused []string `json:"refused"`
}

// failing names the checks that a pod fails at a version, each in its newest form that the version has.
func failing(pod *corev1.Pod, version api.Version) []string {
	names := []string{}
	for _, check := range policy.DefaultChecks() {
		var chosen policy.CheckPodFn
		for _, one := range check.Versions {
			if !version.Older(one.MinimumVersion) {
				chosen = one.CheckPod
			}
		}
		if chosen != nil && !chosen(&pod.ObjectMeta, &pod.Spec).Allowed {
			names = append(names, string(check.ID))
		}
	}
	sort.Strings(names)
	return names
}

func main() {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines.Scan() {
		var pod corev1.Pod
		if err := json.Unmarshal(lines.Bytes(), &pod); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		answers := map[string]answer{}
		for _, minor := range minors {
			version := api.MajorMinorVersion(1, minor)
			refused := []string{}
			for _, level := range []api.Level{api.LevelBaseline, api.LevelRestricted} {
				results := evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: version}, &pod.ObjectMeta, &pod.Spec)
				if !policy.AggregateCheckResults(results).Allowed {
					refused = append(refused, string(level))
				}
			}
			answers[fmt.Sprintf("1.%d", minor)] = answer{failing(&pod, version), refused}
		}
		text, err := json.Marshal(answers)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Fprintln(out, string(text))
		out.Flush()
	}
}
