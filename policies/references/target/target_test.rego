package references.target_test

import data.lib.fixture
import data.references.target

test_denies_absent_target if {
	found := fixture.messages(target.deny) with input as fixture.of_object("HorizontalPodAutoscaler", {"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "gone"}}}, {"index": {}})

	found == {`it scales Deployment/gone, which is rendered nowhere`}
}

test_denies_absent_service if {
	found := fixture.messages(target.deny) with input as fixture.of_object("StatefulSet", {"spec": {"serviceName": "gone"}}, {"index": {}})

	found == {`its serviceName is 'gone', a Service that is rendered nowhere`}
}

test_allows_rendered if {
	found := fixture.messages(target.deny) with input as fixture.of_object("StatefulSet", {"spec": {"serviceName": "app"}}, {"index": {"Service/media/app": "s"}})

	found == set()
}
