package lib.pods_test

import data.lib.pods

test_granted_only_what_is_named if {
	pods.granted({"granted": {"app": ["privileged"]}}, {"name": "app"}, "privileged")
	not pods.granted({"granted": {"app": ["privileged"]}}, {"name": "other"}, "privileged")
	not pods.granted({"granted": {}}, {"name": "app"}, "privileged")
	pods.granted_to_pod({"granted": {"*": ["hostNetwork"]}}, "hostNetwork")
}

test_user_namespace_counts_from_1_35 if {
	pods.has_user_namespace({"spec": {"hostUsers": false}}, 35)
	not pods.has_user_namespace({"spec": {"hostUsers": false}}, 34)
	not pods.has_user_namespace({"spec": {}}, 36)
}

test_windows_and_completeness if {
	pods.is_windows({"spec": {"os": {"name": "windows"}}})
	not pods.is_windows({"spec": {}})
	pods.is_complete({"made_by": ""})
	not pods.is_complete({"made_by": "velero"})
}

test_contexts_of_pod_and_containers if {
	pod := {"spec": {"securityContext": {"a": 1}}, "containers": [{"name": "app"}]}
	pods.contexts(pod) == {
		{"who": "the pod", "container": "", "context": {"a": 1}},
		{"who": "container 'app'", "container": "app", "context": {}},
	}
}

test_long_running if {
	pods.is_long_running({"kind": "Deployment"}, {"list": "containers"})
	pods.is_long_running({"kind": "Deployment"}, {"list": "initContainers", "restartPolicy": "Always"})
	not pods.is_long_running({"kind": "Deployment"}, {"list": "initContainers"})
	not pods.is_long_running({"kind": "CronJob"}, {"list": "containers"})
}
