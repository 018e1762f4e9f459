package references.target_test

import data.lib.fixture
import data.references.target

test_denies_absent_target if {
	fixture.messages(target.deny) == {`it scales Deployment/gone, which is rendered nowhere`} with input as fixture.of_object("HorizontalPodAutoscaler", {"spec": {"scaleTargetRef": {"kind": "Deployment", "name": "gone"}}}, {"index": {}})
}

test_denies_absent_service if {
	fixture.messages(target.deny) == {`its serviceName is 'gone', a Service that is rendered nowhere`} with input as fixture.of_object("StatefulSet", {"spec": {"serviceName": "gone"}}, {"index": {}})
}

test_allows_rendered if {
	fixture.messages(target.deny) == set() with input as fixture.of_object("StatefulSet", {"spec": {"serviceName": "app"}}, {"index": {"Service/media/app": "s"}})
}
