namespace ConfidentialOperator.Lab.Hosting;

/// <summary>Where a Lab keeps its things, all below <c>.demo</c> of the repository, or below the folder that <c>CFM_LAB_FOLDER</c> names.</summary>
internal sealed class LabFolders
{
    private LabFolders(string root, string data)
    {
        Root = root;
        Data = data;
    }

    /// <summary>The repository.</summary>
    public string Root { get; }

    /// <summary>What belongs to one run; it is emptied at the start of the next.</summary>
    public string Data { get; }

    /// <summary>What is kept from run to run.</summary>
    public string Shared => SharedOf(Root);

    public string Tools => Path.Combine(Shared, "bin");

    public string Pki => Path.Combine(Shared, "pki");

    /// <summary>Models that are made on demand.</summary>
    public string Models => Path.Combine(Shared, "models");

    public string Logs => Path.Combine(Data, "logs");

    public string Broker => Path.Combine(Data, "broker");

    /// <summary>What the owner of the models has on a machine of their own.</summary>
    public string Owner => Path.Combine(Data, "owner");

    /// <summary>The store of sealed models: ciphertext that anybody may have.</summary>
    public string Sealed => Path.Combine(Data, "sealed");

    public string Images => Path.Combine(Data, "images");

    /// <summary>The folders of a run: one below <c>.demo</c>, or a given one.</summary>
    public static LabFolders Of(string name) => new(FindRoot(), Path.Combine(SharedOf(FindRoot()), name));

    public static LabFolders At(string data) => new(FindRoot(), data);

    /// <summary>Removes what an earlier run left.</summary>
    public void Clear()
    {
        if (Directory.Exists(Data)) Directory.Delete(Data, recursive: true);
        foreach (string folder in (string[])[Data, Logs, Owner, Sealed, Images, Models]) Directory.CreateDirectory(folder);
    }

    private static string SharedOf(string root) =>
        Environment.GetEnvironmentVariable("CFM_LAB_FOLDER") is { Length: > 0 } given ? Path.GetFullPath(given) : Path.Combine(root, ".demo");

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "ConfidentialOperator.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new LabException("ConfidentialOperator.sln was not found above the Lab's program: run it from where it was built.");
    }
}
