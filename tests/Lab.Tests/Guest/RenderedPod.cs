using System.Text.Json.Nodes;
using ConfidentialOperator.ApiServer.Json;
using ConfidentialOperator.Lab.Guest;
using ConfidentialOperator.Lab.Node.Containers;
using ConfidentialOperator.Lab.Node.Images;
using ConfidentialOperator.Protocol.InitData;

namespace ConfidentialOperator.Lab.Tests.Guest;

/// <summary>A pod as the operator really renders it (<c>tests/Golden/snp</c>), its policy, and its containers as they see themselves.</summary>
internal static class RenderedPod
{
    public static JsonObject Object { get; } = Read();

    public static string Policy()
    {
        Assert.True(InitDataDocument.TryFromAnnotation(Object.Text("metadata", "annotations", InitDataDocument.Annotation)!, out InitDataDocument? initData, out _));
        return initData.Files["policy.rego"];
    }

    public static GuestAgent Agent() => new(GuestPolicy.Read(Policy(), out string fault) ?? throw new InvalidOperationException(fault));

    public static ContainerView View(string name)
    {
        JsonObject container = Object.Items("spec", "containers").First(item => item.Text("name") == name);
        LocalImage image = new(container.Text("image")!, "/nowhere", [name == "sidecar" ? "/app/ConfidentialOperator.Sidecar" : "/app/ConfidentialOperator.Inference"]);
        return ContainerViews.Build(Object, container, image, new VariableSources("127.1.2.3", "127.1.0.1", (_, _) => null), out string fault)
            ?? throw new InvalidOperationException(fault);
    }

    private static JsonObject Read()
    {
        string yaml = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Golden", "snp", "objects.yaml"));
        JsonObject deployment = BodyReader.ReadManifests(yaml).First(item => item.Text("kind") == "Deployment");
        JsonObject pod = (JsonObject)deployment.Find("spec", "template")!.DeepClone();
        pod.Metadata()["name"] = "triage-notes-5f7d9-abcde";
        pod.Metadata()["namespace"] = "clinic";
        pod.Metadata()["uid"] = "3f2c1c9e-0000-4000-8000-000000000001";
        return pod;
    }
}
