namespace ConfidentialOperator.ApiServer.Protobuf;

/// <summary>
/// Field numbers of the few messages that kubectl sends as protobuf, whatever the server would rather have:
/// those of <c>kubectl create</c> and <c>kubectl auth can-i</c>.
/// A field is <c>number name:kind</c>; kinds are text (none given), int, bool, bytes, map, bytemap, or a message; <c>[]</c> repeats.
/// </summary>
internal static class MessageTypes
{
    private static readonly Dictionary<string, string> s_text = new(StringComparer.Ordinal)
    {
        ["ObjectMeta"] = "1 name,2 generateName,3 namespace,5 uid,6 resourceVersion,11 labels:map,12 annotations:map,14 finalizers[]",
        ["Namespace"] = "1 metadata:ObjectMeta",
        ["ConfigMap"] = "1 metadata:ObjectMeta,2 data:map,3 binaryData:bytemap,4 immutable:bool",
        ["Secret"] = "1 metadata:ObjectMeta,2 data:bytemap,3 type,4 stringData:map,5 immutable:bool",
        ["ServiceAccount"] = "1 metadata:ObjectMeta,4 automountServiceAccountToken:bool",
        ["SelfSubjectAccessReview"] = "1 metadata:ObjectMeta,2 spec:AccessReviewSpec",
        ["AccessReviewSpec"] = "1 resourceAttributes:ResourceAttributes",
        ["ResourceAttributes"] = "1 namespace,2 verb,3 group,4 version,5 resource,6 subresource,7 name",
        ["Deployment"] = "1 metadata:ObjectMeta,2 spec:DeploymentSpec",
        ["DeploymentSpec"] = "1 replicas:int,2 selector:LabelSelector,3 template:PodTemplate,5 minReadySeconds:int",
        ["LabelSelector"] = "1 matchLabels:map",
        ["PodTemplate"] = "1 metadata:ObjectMeta,2 spec:PodSpec",
        ["PodSpec"] = "2 containers:Container[],3 restartPolicy,8 serviceAccountName",
        ["Container"] = "1 name,2 image,3 command[],4 args[],5 workingDir,6 ports:ContainerPort[]",
        ["ContainerPort"] = "1 name,2 hostPort:int,3 containerPort:int,4 protocol,5 hostIP",
        ["Service"] = "1 metadata:ObjectMeta,2 spec:ServiceSpec",
        ["ServiceSpec"] = "1 ports:ServicePort[],2 selector:map,3 clusterIP,4 type,10 externalName",
        ["ServicePort"] = "1 name,2 protocol,3 port:int,4 targetPort:IntOrString,5 nodePort:int",
    };

    private static readonly Dictionary<string, Dictionary<int, MessageField>> s_types =
        s_text.ToDictionary(pair => pair.Key, pair => pair.Value.Split(',').Select(MessageField.Parse).ToDictionary(field => field.Number), StringComparer.Ordinal);

    public static bool Knows(string type) => s_types.ContainsKey(type);

    public static MessageField? Find(string type, int number) => s_types[type].GetValueOrDefault(number);
}
