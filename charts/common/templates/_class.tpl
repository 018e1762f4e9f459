{{- /* Classes that volumes and pods name. */ -}}
{{- define "common.kind.storageclass" -}}
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  {{- include "common.meta.cluster" . | nindent 2 }}
provisioner: {{ quote .body.provisioner }}
{{- with .body.parameters }}
parameters:
  {{- include "common.yaml" . | nindent 2 }}
{{- end }}
reclaimPolicy: {{ .body.reclaimPolicy }}
volumeBindingMode: {{ .body.volumeBindingMode }}
allowVolumeExpansion: {{ toJson .body.allowVolumeExpansion }}
{{- end -}}

{{- define "common.kind.priorityclass" -}}
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata:
  {{- include "common.meta.cluster" . | nindent 2 }}
value: {{ toJson .body.value }}
globalDefault: {{ toJson .body.globalDefault }}
preemptionPolicy: PreemptLowerPriority
{{- end -}}
