# ruff: noqa
# fmt: off
# mypy: ignore-errors
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class MachineConfig(_message.Message):
    __slots__ = ("yaml",)
    YAML_FIELD_NUMBER: _ClassVar[int]
    yaml: bytes
    def __init__(self, yaml: _Optional[bytes] = ...) -> None: ...

class UnmetCondition(_message.Message):
    __slots__ = ("name", "reason")
    NAME_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    name: str
    reason: str
    def __init__(self, name: _Optional[str] = ..., reason: _Optional[str] = ...) -> None: ...

class MachineStatusStatus(_message.Message):
    __slots__ = ("ready", "unmet_conditions")
    READY_FIELD_NUMBER: _ClassVar[int]
    UNMET_CONDITIONS_FIELD_NUMBER: _ClassVar[int]
    ready: bool
    unmet_conditions: _containers.RepeatedCompositeFieldContainer[UnmetCondition]
    def __init__(self, ready: _Optional[bool] = ..., unmet_conditions: _Optional[_Iterable[_Union[UnmetCondition, _Mapping]]] = ...) -> None: ...

class MachineStatus(_message.Message):
    __slots__ = ("stage", "status")
    class Stage(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        UNKNOWN: _ClassVar[MachineStatus.Stage]
        BOOTING: _ClassVar[MachineStatus.Stage]
        INSTALLING: _ClassVar[MachineStatus.Stage]
        MAINTENANCE: _ClassVar[MachineStatus.Stage]
        RUNNING: _ClassVar[MachineStatus.Stage]
        REBOOTING: _ClassVar[MachineStatus.Stage]
        SHUTTING_DOWN: _ClassVar[MachineStatus.Stage]
        RESETTING: _ClassVar[MachineStatus.Stage]
        UPGRADING: _ClassVar[MachineStatus.Stage]
    UNKNOWN: MachineStatus.Stage
    BOOTING: MachineStatus.Stage
    INSTALLING: MachineStatus.Stage
    MAINTENANCE: MachineStatus.Stage
    RUNNING: MachineStatus.Stage
    REBOOTING: MachineStatus.Stage
    SHUTTING_DOWN: MachineStatus.Stage
    RESETTING: MachineStatus.Stage
    UPGRADING: MachineStatus.Stage
    STAGE_FIELD_NUMBER: _ClassVar[int]
    STATUS_FIELD_NUMBER: _ClassVar[int]
    stage: MachineStatus.Stage
    status: MachineStatusStatus
    def __init__(self, stage: _Optional[_Union[MachineStatus.Stage, str]] = ..., status: _Optional[_Union[MachineStatusStatus, _Mapping]] = ...) -> None: ...

class NodeStatus(_message.Message):
    __slots__ = ("nodename", "node_ready", "unschedulable", "labels", "annotations")
    class LabelsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    class AnnotationsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    NODENAME_FIELD_NUMBER: _ClassVar[int]
    NODE_READY_FIELD_NUMBER: _ClassVar[int]
    UNSCHEDULABLE_FIELD_NUMBER: _ClassVar[int]
    LABELS_FIELD_NUMBER: _ClassVar[int]
    ANNOTATIONS_FIELD_NUMBER: _ClassVar[int]
    nodename: str
    node_ready: bool
    unschedulable: bool
    labels: _containers.ScalarMap[str, str]
    annotations: _containers.ScalarMap[str, str]
    def __init__(self, nodename: _Optional[str] = ..., node_ready: _Optional[bool] = ..., unschedulable: _Optional[bool] = ..., labels: _Optional[_Mapping[str, str]] = ..., annotations: _Optional[_Mapping[str, str]] = ...) -> None: ...

class Service(_message.Message):
    __slots__ = ("running", "healthy", "unknown")
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    HEALTHY_FIELD_NUMBER: _ClassVar[int]
    UNKNOWN_FIELD_NUMBER: _ClassVar[int]
    running: bool
    healthy: bool
    unknown: bool
    def __init__(self, running: _Optional[bool] = ..., healthy: _Optional[bool] = ..., unknown: _Optional[bool] = ...) -> None: ...

class EtcdMember(_message.Message):
    __slots__ = ("member_id",)
    MEMBER_ID_FIELD_NUMBER: _ClassVar[int]
    member_id: str
    def __init__(self, member_id: _Optional[str] = ...) -> None: ...

class Kubelet(_message.Message):
    __slots__ = ("image",)
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    image: str
    def __init__(self, image: _Optional[str] = ...) -> None: ...

class StaticPodConfig(_message.Message):
    __slots__ = ("enabled", "image")
    ENABLED_FIELD_NUMBER: _ClassVar[int]
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    enabled: bool
    image: str
    def __init__(self, enabled: _Optional[bool] = ..., image: _Optional[str] = ...) -> None: ...

class APIServerConfig(_message.Message):
    __slots__ = ("image",)
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    image: str
    def __init__(self, image: _Optional[str] = ...) -> None: ...

class Manifest(_message.Message):
    __slots__ = ("items",)
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[ManifestItem]
    def __init__(self, items: _Optional[_Iterable[_Union[ManifestItem, _Mapping]]] = ...) -> None: ...

class ManifestItem(_message.Message):
    __slots__ = ("object",)
    OBJECT_FIELD_NUMBER: _ClassVar[int]
    object: _struct_pb2.Struct
    def __init__(self, object: _Optional[_Union[_struct_pb2.Struct, _Mapping]] = ...) -> None: ...

class SystemInformation(_message.Message):
    __slots__ = ("uuid",)
    UUID_FIELD_NUMBER: _ClassVar[int]
    uuid: str
    def __init__(self, uuid: _Optional[str] = ...) -> None: ...

class VolumeStatus(_message.Message):
    __slots__ = ("phase", "location", "error_message", "size", "encryption_provider", "encryption_failed_syncs", "type")
    PHASE_FIELD_NUMBER: _ClassVar[int]
    LOCATION_FIELD_NUMBER: _ClassVar[int]
    ERROR_MESSAGE_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_PROVIDER_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTION_FAILED_SYNCS_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    phase: int
    location: str
    error_message: str
    size: int
    encryption_provider: int
    encryption_failed_syncs: _containers.RepeatedScalarFieldContainer[str]
    type: int
    def __init__(self, phase: _Optional[int] = ..., location: _Optional[str] = ..., error_message: _Optional[str] = ..., size: _Optional[int] = ..., encryption_provider: _Optional[int] = ..., encryption_failed_syncs: _Optional[_Iterable[str]] = ..., type: _Optional[int] = ...) -> None: ...

class ExtensionMetadata(_message.Message):
    __slots__ = ("name", "version")
    NAME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    name: str
    version: str
    def __init__(self, name: _Optional[str] = ..., version: _Optional[str] = ...) -> None: ...

class ExtensionStatus(_message.Message):
    __slots__ = ("image", "metadata")
    IMAGE_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    image: str
    metadata: ExtensionMetadata
    def __init__(self, image: _Optional[str] = ..., metadata: _Optional[_Union[ExtensionMetadata, _Mapping]] = ...) -> None: ...

class Diagnostic(_message.Message):
    __slots__ = ("message", "details")
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    DETAILS_FIELD_NUMBER: _ClassVar[int]
    message: str
    details: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, message: _Optional[str] = ..., details: _Optional[_Iterable[str]] = ...) -> None: ...
