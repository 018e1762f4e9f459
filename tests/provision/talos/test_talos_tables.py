"""Client and simulator were written apart; here what each believes is compared."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf.descriptor import Descriptor

from provision.machineconfig.kinds import CONTROL_PLANE_KINDS, KINDS
from provision.machineconfig.model import Contract
from provision.talos.proto import cosi_grpc, image_grpc, lifecycle_grpc, machine_grpc, storage_grpc
from tests.provision.talos.test_talos_messages import all_messages
from tests.simulators.talos.apid import ANSWERS
from tests.simulators.talos.call import methods, unimplemented
from tests.simulators.talos.faults import Fault, fault_kinds
from tests.simulators.talos.machineconfig import kinds
from tests.simulators.talos.wire import message, table

SIMULATOR = Path("tests/simulators/talos")


def shape(descriptor: Any) -> dict[str, tuple[object, ...]]:
    def kind(field: Any) -> object:
        if field.message_type is not None:
            return "map" if field.message_type.GetOptions().map_entry else field.message_type.full_name
        if field.enum_type is not None:
            return {value.name: value.number for value in field.enum_type.values}
        return field.type

    return {field.name: (field.number, kind(field), field.is_repeated) for field in descriptor.fields}


@pytest.mark.parametrize("descriptor", list(all_messages()), ids=lambda descriptor: descriptor.full_name)
def test_both_sides_believe_in_the_same_fields(descriptor: Descriptor) -> None:
    assert shape(descriptor) == shape(message(descriptor.full_name).DESCRIPTOR)


def test_no_message_is_known_to_the_simulator_alone() -> None:
    known = {descriptor.full_name for descriptor in all_messages()}
    assert {name for name, row in table().items() if "fields" in row} - known == set()


def test_both_sides_believe_in_the_same_methods() -> None:
    class Nothing:
        def __getattr__(self, _: str) -> None:
            return None

    bases = (
        cosi_grpc.StateBase,
        image_grpc.ImageServiceBase,
        lifecycle_grpc.LifecycleServiceBase,
        machine_grpc.MachineServiceBase,
        storage_grpc.StorageServiceBase,
    )
    cardinality = {"unary": (False, False), "server": (False, True), "client": (True, False)}
    ours = {
        path: (
            handler.request_type.DESCRIPTOR.full_name,
            handler.reply_type.DESCRIPTOR.full_name,
            (handler.cardinality.client_streaming, handler.cardinality.server_streaming),
        )
        for base in bases
        for path, handler in base.__mapping__(Nothing()).items()  # type: ignore[arg-type]  # only its names are read
    }
    theirs = {path: (row["request"], row["reply"], cardinality[row["kind"]]) for path, row in methods().items()}
    assert ours == theirs


def test_every_method_is_answered_and_all_54_of_the_machine_service_are_registered() -> None:
    assert set(ANSWERS) == set(methods())
    names = [name for name in (*methods(), *unimplemented()) if name.startswith("/machine.MachineService/")]
    assert len(names) == len(set(names)) == 54


def test_both_sides_believe_in_the_same_documents() -> None:
    rows = kinds()
    assert {kind for kind, row in rows.items() if row["since"] == 1.12} == set(KINDS[Contract.V1_13])
    for kind, fields in KINDS[Contract.V1_14].items():
        assert set(rows[kind]["fields"]) <= fields, kind
    closed = {kind for kind, row in rows.items() if row.get("where") == "controlplane"}
    assert closed >= CONTROL_PLANE_KINDS


def test_every_row_has_a_source_and_every_fault_is_used() -> None:
    assert all("source" in row for row in (*table().values(), *methods().values(), *fault_kinds().values()))
    code = "".join(path.read_text(encoding="utf-8") for path in SIMULATOR.glob("*.py"))
    assert [kind for kind in fault_kinds() if f'"{kind}"' not in code] == []
    tests = "".join(path.read_text(encoding="utf-8") for path in Path("tests/provision/talos").glob("test_*.py"))
    assert [kind for kind in fault_kinds() if f'"{kind}"' not in tests] == []


def test_unknown_faults_are_refused() -> None:
    with pytest.raises(ValueError) as caught:
        Fault("nonsense")
    assert str(caught.value).startswith("no fault 'nonsense', one of: api-server-unready, apply-busy, ")


def test_the_two_sides_do_not_import_each_other() -> None:
    folder = Path("tofu-free-infra/provision")
    ours = "".join(p.read_text(encoding="utf-8") for p in folder.rglob("*.py") if "proxmox" not in p.parts)
    theirs = "".join(path.read_text(encoding="utf-8") for path in SIMULATOR.glob("*.py"))
    assert "import tests" not in ours
    assert "from tests" not in ours
    assert "import provision" not in theirs
    assert "from provision" not in theirs


def test_tables_hold_no_yaml_booleans_as_keys() -> None:
    for path in (SIMULATOR / "tables").glob("*.yaml"):
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
        if isinstance(rows, dict):
            assert all(isinstance(key, str) for row in rows.values() for key in row), path
