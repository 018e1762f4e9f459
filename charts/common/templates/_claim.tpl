{{- /*
Volumes of one's own, and claims on an NFS volume of the guard rails (`volume` names it). None is ever
pruned: a claim that went and came back would never bind to its NFS volume again.
*/ -}}
{{- define "common.kind.persistentvolumeclaim" -}}
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  {{- include "common.meta" . | nindent 2 }}
  annotations:
    {{- include "common.defaults.keep" . | nindent 4 }}
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
