{{- /*
Volumes of one's own, never pruned; and claims on an NFS volume of the guard rails, which may go,
since the share keeps the data (`volume` names it).
*/ -}}
{{- define "common.kind.persistentvolumeclaim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  {{- include "common.meta" . | nindent 2 }}
  {{- if not .body.volume }}
  annotations:
    {{- include "common.defaults.keep" . | nindent 4 }}
  {{- end }}
spec:
  accessModes: {{ toJson .body.accessModes }}
  resources:
    requests:
      storage: {{ quote .body.size }}
  storageClassName: {{ quote .body.storageClassName }}
  volumeMode: Filesystem
  {{- with .body.volume }}
  volumeName: {{ . }}
  {{- end }}
{{- end -}}
