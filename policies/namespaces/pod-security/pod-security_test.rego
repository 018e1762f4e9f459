package namespaces.pod_security_test

import data.lib.fixture
import data.namespaces.pod_security

test_denies_missing_label if {
	found := fixture.messages(pod_security.deny) with input as _document("", "restricted", "restricted")

	found == {
		`it has no Pod Security label for audit`,
		`it has no Pod Security label for enforce`,
		`it has no Pod Security label for warn`,
	}
}

test_denies_pods_that_need_more if {
	found := fixture.messages(pod_security.deny) with input as _document("restricted", "restricted", "baseline")

	found == {`its pods need the level baseline, namespace 'media' admits restricted`}
}

test_denies_label_that_grants_more if {
	found := fixture.messages(pod_security.deny) with input as _document("privileged", "privileged", "baseline")

	found == {`namespace 'media' grants privileged, its pods need less`}
}

test_denies_label_that_was_not_declared if {
	found := fixture.messages(pod_security.deny) with input as _document("baseline", "restricted", "baseline")

	found == {`its label says baseline, the values declare restricted`}
}

test_allows_what_one_of_several_pods_needs if {
	document := object.union(
		_document("baseline", "baseline", "restricted"),
		{"pods": [fixture.pod({"level": "restricted"}), fixture.pod({"level": "baseline"})]},
	)

	fixture.messages(pod_security.deny) == set() with input as document
}

test_allows_what_fits if {
	fixture.messages(pod_security.deny) == set() with input as _document("baseline", "baseline", "baseline")
}

_document(label, declared, needed) := {
	"by_kind": {"Namespace": ["n"]},
	"objects": {"n": {"labels": _labels(label)}},
	"pods": [fixture.pod({"level": needed})],
	"environments": {"prod": {
		"index": {"Namespace/-/media": "n"},
		"namespaces": {"media": {"upstream": false, "level": declared, "place": "values/a.yaml:1:1"}},
	}},
}

_labels("") := {}

_labels(level) := {
	"pod-security.kubernetes.io/enforce": level,
	"pod-security.kubernetes.io/audit": level,
	"pod-security.kubernetes.io/warn": level,
} if level != ""
