# What rules about pods share.
package lib.pods

# An exception of the service file allows `word` to this container.
granted(pod, container, word) if word in pod.granted[container.name]

# An exception of the service file allows `word` to some container, and so to the pod.
granted_to_pod(pod, word) if word in pod.granted["*"]

# Linux rules do not bind Windows pods.
is_windows(pod) if pod.spec.os.name == "windows"

# A pod with a user namespace of its own may be root in it.
has_user_namespace(pod, minor) if {
	minor >= 35
	pod.spec.hostUsers == false
}

# The object says everything about the pod: no operator adds to it.
is_complete(pod) if pod.made_by == ""

# Pods and containers have security contexts: each with the words for it and its container.
contexts(pod) := {context |
	some context in array.concat(
		[{"who": "the pod", "container": "", "context": object.get(pod.spec, "securityContext", {})}],
		[{
			"who": sprintf("container '%s'", [container.name]),
			"container": container.name,
			"context": object.get(container, "securityContext", {}),
		} |
			some container in pod.containers
		],
	)
}

# Runs until it is told to stop, so it can be asked how it is.
is_long_running(pod, container) if {
	not pod.kind in {"Job", "CronJob"}
	container.list == "containers"
}

is_long_running(pod, container) if {
	not pod.kind in {"Job", "CronJob"}
	container.list == "initContainers"
	container.restartPolicy == "Always"
}

# Everything that is pulled for a pod: images of containers, and those that are mounted as volumes.
images(pod) := {image |
	some image in array.concat(
		[{"who": sprintf("container '%s'", [container.name]), "container": container.name, "image": container.image} |
			some container in pod.containers
		],
		[{"who": sprintf("volume '%s'", [volume.name]), "container": "", "image": volume.image.reference} |
			some volume in pod.spec.volumes
		],
	)
}
